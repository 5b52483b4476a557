import { type Colours, printable } from './output.js';

/** Colours a unified diff for a terminal. */
export function colourDiff(diff: string, { green, red, cyan, bold }: Colours): string {
  const chooseColour = (line: string): ((text: string) => string) => {
    if (line.startsWith('+++') || line.startsWith('---')) return bold;
    if (line.startsWith('+')) return green;
    if (line.startsWith('-')) return red;
    return line.startsWith('@@') ? cyan : (text) => text;
  };
  return printable(diff)
    .split('\n')
    .map((line) => chooseColour(line)(line))
    .join('\n');
}
