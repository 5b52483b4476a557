import { text } from 'node:stream/consumers';
import { readFile } from 'node:fs/promises';
import { endSentence, getMessage, parseJson } from '../../kernel/index.js';
import { CliError } from './cli-error.js';
import { oneLine } from './output.js';

/** Reads a file's text, byte for byte; `-` is standard input. */
export async function readInput(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${endSentence(getMessage(error))}`);
  }
}

/** Splits `name=value` at the first `=`. */
export function splitAssignment(assignment: string, what: string): readonly [name: string, value: string] {
  const at = assignment.indexOf('=');
  if (at < 1) throw new CliError(`Write ${what} as name=value, not "${assignment}".`);
  return [assignment.slice(0, at), assignment.slice(at + 1)];
}

export function parseJsonInput(source: string, what: string): unknown {
  try {
    return parseJson(source);
  } catch (error) {
    throw new CliError(`${what} is not JSON: ${jsonFault(error)}.`);
  }
}

/** Returns the parser's message without its remark on the whole text: V8 ends with `, "…" is not valid JSON`, or `in JSON at …`. */
function jsonFault(error: unknown): string {
  const message = getMessage(error);
  if (message === 'Unexpected end of JSON input') return 'it ends too early';
  const [fault = message] = message.split(/, (?:\.\.\.)?".*is not valid JSON$/s);
  return oneLine(fault.replace(' in JSON at ', ' at '));
}
