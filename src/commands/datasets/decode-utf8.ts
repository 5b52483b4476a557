import { CliError } from '../terminal/cli-error.js';

/**
 * Decodes the text of a file as it arrives, without a byte order mark.
 * @throws CliError with the line, for what is not UTF-8
 */
export async function* decodeUtf8(
  chunks: AsyncIterable<Buffer | string>,
  file: string,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  const decode = (bytes: Buffer | null): string => {
    try {
      return bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw new CliError(
        `${file}:${line}: at or behind this line the file is not UTF-8; nothing was changed.`,
      );
    }
  };
  for await (const chunk of chunks) {
    const text = decode(Buffer.from(chunk));
    yield text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) line += 1;
  }
  yield decode(null);
}
