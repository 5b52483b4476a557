import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import picocolors from 'picocolors';
import { writeJson } from '../../kernel/index.js';

export type Colours = ReturnType<typeof picocolors.createColors>;

/** Returns colours only for a terminal that wants them: https://no-color.org. */
export function coloursFor(stream: NodeJS.WriteStream): Colours {
  const isWanted = (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
  return picocolors.createColors(stream.isTTY && isWanted);
}

/** Prints a line of the answer. */
export function print(text: string, stream: NodeJS.WritableStream = process.stdout): Promise<void> {
  return write(`${text}\n`, stream);
}

/** Resolves when the text is passed on, so that long output does not accumulate in memory. */
export async function write(text: string, stream: NodeJS.WritableStream = process.stdout): Promise<void> {
  if (stream.write(text)) return;
  await new Promise((resolve) => stream.once('drain', resolve));
}

export function printJson(value: unknown): Promise<void> {
  return print(writeJson(value, 2));
}

/** Prints a line about the answer on standard error, where it does not disturb programs. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function warn(text: string): void {
  note(`${coloursFor(process.stderr).yellow('warning:')} ${printable(text)}`);
}

/** Every control character except line ends and tabs: a foreign text must not move the cursor or set colours. */
const CONTROL = /(?![\n\t]|\r\n)\p{Cc}/gu;

/** Returns a foreign text in a form that is safe for a terminal. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(CONTROL, '\uFFFD');
}

/** Indents a foreign text below one of our headings, so that none of its lines looks like one. */
export function indented(text: string): string {
  return printable(text).replaceAll(/^(?=.)/gm, '  ');
}

/** Nothing around the cells and two spaces between them suit the eye as well as `cut` and `awk`. */
const BORDERLESS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`, `mid-${side}`])
    .map((part) => [part, '']),
);

/** The value of a cell; null is unknown, and is shown as a dash. */
export type TableCell = string | number | null;

export async function printTable(
  head: readonly string[],
  rows: readonly (readonly TableCell[])[],
): Promise<void> {
  await print(toTable(head, rows, process.stdout));
}

/** @param stream the stream that shows the table. */
export function toTable(
  head: readonly string[],
  rows: readonly (readonly TableCell[])[],
  stream: NodeJS.WriteStream,
): string {
  const { dim } = coloursFor(stream);
  const table = new Table({
    head: head.map((title) => dim(title.toUpperCase())),
    chars: { ...BORDERLESS, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map((cell) => (cell === null ? '-' : oneLine(String(cell))))));
  return table.toString().replaceAll(/ +$/gm, '');
}

/** Returns a foreign text that cannot begin a line of its own. Some readers treat U+0085, U+2028 and U+2029 as line ends. */
export function oneLine(text: string): string {
  return printable(text.replaceAll(/\s*[\n\r\u0085\u2028\u2029]\s*/g, ' '));
}
