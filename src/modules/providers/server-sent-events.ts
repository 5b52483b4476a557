import { ProviderError } from './provider.contract.js';

/**
 * No real event of a vendor comes near it; without a bound, a server that never ends its line fills the memory.
 */
const MAX_EVENT_CHARACTERS = 4 * 1024 * 1024;

/**
 * The `data` of each server-sent event (WHATWG HTML, 9.2.6), in order. `event`, `id`, `retry` and comments
 * are passed over: no vendor's completion stream needs them. An event that the end of the body cuts off
 * is dropped, as the standard says.
 *
 * @throws ProviderError `provider_error` for an event without end.
 */
export async function* readServerSentEvents(
  body: AsyncIterable<Uint8Array>,
  maxEventCharacters = MAX_EVENT_CHARACTERS,
): AsyncGenerator<string, void, undefined> {
  let dataLines: string[] = [];
  let sizeCharacters = 0;
  for await (const lines of readLines(body, maxEventCharacters)) {
    for (const line of lines) {
      if (line === '') {
        if (dataLines.length > 0) yield dataLines.join('\n');
        dataLines = [];
        sizeCharacters = 0;
      } else if (line.startsWith('data:')) {
        dataLines.push(line.slice(line.startsWith('data: ') ? 6 : 5));
        sizeCharacters += line.length;
        if (sizeCharacters > maxEventCharacters) throw endless();
      }
    }
  }
}

/** Batches of whole lines, so that a chunk of many small events costs one turn of the loop and not hundreds. */
async function* readLines(
  body: AsyncIterable<Uint8Array>,
  maxCharacters: number,
): AsyncGenerator<string[], void, undefined> {
  const decoder = new TextDecoder();
  let open: string[] = [];
  let openCharacters = 0;
  for await (const bytes of body) {
    const text = decoder.decode(bytes, { stream: true });
    const end = text.lastIndexOf('\n');
    if (end === -1) {
      open.push(text);
      openCharacters += text.length;
      if (openCharacters > maxCharacters) throw endless();
      continue;
    }
    const whole = open.join('') + text.slice(0, end);
    open = [text.slice(end + 1)];
    openCharacters = text.length - end - 1;
    // A bare CR also ends a line by the standard; nobody sends that, and it may be half of a CRLF.
    yield whole.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }
}

function endless(): ProviderError {
  return new ProviderError('provider_error', 'The provider sent an event without an end.');
}
