import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import picocolors from 'picocolors';
import { writeJson } from '../../kernel/index.js';

export type Colours = ReturnType<typeof picocolors.createColors>;

/** Colours are for people at a terminal that wants them: https://no-color.org. */
export function coloursFor(stream: NodeJS.WriteStream): Colours {
  const isWanted = (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
  return picocolors.createColors(stream.isTTY && isWanted);
}

/** A line of the answer. */
export function print(text: string, stream: NodeJS.WritableStream = process.stdout): Promise<void> {
  return write(`${text}\n`, stream);
}

/** Resolves when it is passed on, so that what is long does not gather in memory. */
export async function write(text: string, stream: NodeJS.WritableStream = process.stdout): Promise<void> {
  if (stream.write(text)) return;
  await new Promise((resolve) => stream.once('drain', resolve));
}

export function printJson(value: unknown): Promise<void> {
  return print(writeJson(value, 2));
}

/** A line about the answer: on standard error, where it is in no program's way. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function warn(text: string): void {
  note(`${coloursFor(process.stderr).yellow('warning:')} ${printable(text)}`);
}

/** All but line ends and tabs: somebody's text must not move the cursor or set colours. */
const CONTROL = /(?![\n\t]|\r\n)\p{Cc}/gu;

/** Text of others as a terminal may get it. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(CONTROL, '\uFFFD');
}

/** Text of others below a heading of ours: none of its lines can be taken for one. */
export function indented(text: string): string {
  return printable(text).replaceAll(/^(?=.)/gm, '  ');
}

/** Nothing around the cells, two spaces between them: easy on the eye, and on `cut` and `awk`. */
const BORDERLESS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`, `mid-${side}`])
    .map((part) => [part, '']),
);

/** The value of a cell; null is unknown, and shown as a dash. */
export type TableCell = string | number | null;

export async function printTable(
  head: readonly string[],
  rows: readonly (readonly TableCell[])[],
): Promise<void> {
  await print(toTable(head, rows, process.stdout));
}

/** @param stream where it is shown. */
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

/** Text of others where it must not begin a line of its own. U+0085, U+2028 and U+2029 are line ends to some. */
export function oneLine(text: string): string {
  return printable(text.replaceAll(/\s*[\n\r\u0085\u2028\u2029]\s*/g, ' '));
}
