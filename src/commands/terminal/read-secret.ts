import type { ReadStream } from 'node:tty';
import { text } from 'node:stream/consumers';
import { CliError } from './cli-error.js';

const ENTER = new Set(['\r', '\n', '\u0004']);
const INTERRUPT = '\u0003';
const ERASE = new Set(['\u007f', '\b']);
const CLEAR = '\u0015';

/**
 * Reads a secret from a prompt that does not show it or, without a terminal, from standard input. It is never an argument, because those
 * appear in the shell's history and in the list of processes.
 * @throws CliError for an empty secret, and when the prompt is interrupted.
 */
export async function readSecret(
  prompt: string,
  input: NodeJS.ReadStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<string> {
  const secret = input.isTTY ? await askHidden(prompt, input, output) : await text(input);
  const trimmed = secret.trim();
  if (trimmed !== '') return trimmed;
  throw new CliError('Type the key at the prompt, or pass it on standard input; there was none.');
}

/** The terminal would echo what is typed, so raw mode makes it hand over each key. */
async function askHidden(prompt: string, input: ReadStream, output: NodeJS.WritableStream): Promise<string> {
  output.write(prompt);
  input.setRawMode(true);
  input.setEncoding('utf8');
  try {
    return await readLine(input);
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}

function readLine(input: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    const settle = (end: () => void) => {
      input.off('data', read);
      input.off('end', finish);
      end();
    };
    const finish = () => {
      settle(() => {
        resolve(typed.join(''));
      });
    };
    const read = (chunk: string | Buffer) => {
      for (const key of String(chunk)) {
        if (ENTER.has(key)) return finish();
        if (key === INTERRUPT) {
          settle(() => {
            reject(new CliError('Nothing was set.'));
          });
          return;
        }
        if (key === CLEAR) typed = [];
        else if (ERASE.has(key)) typed.pop();
        else if (key >= ' ') typed.push(key);
      }
    };
    input.on('data', read);
    input.on('end', finish);
    input.resume();
  });
}
