import { PROMPT_FILE_SUFFIX } from './prompt-file.js';

/**
 * Returns the path of each prompt's file below a folder, with forward slashes: `team/welcome` is `team/welcome.prompt.md`. A slash
 * in a name is a folder. Parts that a file system would misread are escaped with `%`, which names cannot contain:
 * `..` and empty parts, names of devices, a folder named like a file. Of names that differ only in case, all
 * but the first get a number, because many file systems would keep only one of them. The files state the names themselves.
 */
export function assignFilePaths(names: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  const paths = new Map<string, string>();
  // Sorted, so that the same prompts get the same files in whatever order they arrive.
  for (const name of [...new Set(names)].sort()) {
    const path = freePath(name.split('/').map(safeSegment).join('/'), taken);
    taken.add(path.toLowerCase());
    paths.set(name, path + PROMPT_FILE_SUFFIX);
  }
  return paths;
}

function freePath(path: string, taken: ReadonlySet<string>): string {
  if (!taken.has(path.toLowerCase())) return path;
  let number = 2;
  while (taken.has(`${path}%${number}`.toLowerCase())) number += 1;
  return `${path}%${number}`;
}

const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

function safeSegment(segment: string): string {
  if (segment === '') return '%';
  return segment
    .replace(DEVICE, (device) => `%${device}`)
    .replace(/^\.+$/, (dots) => dots.replaceAll('.', '%2E'))
    .replace(/\.$/, '%2E')
    .replace(/\.(prompt\.md)$/i, '%2E$1');
}
