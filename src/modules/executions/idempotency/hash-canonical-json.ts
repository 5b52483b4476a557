import { createHash } from 'node:crypto';
import { ValidationError } from '../../../kernel/index.js';
import type { Steps } from '../../../kernel/index.js';

/** The number of characters to hash at once, and to escape at once in a long string. */
const STEP_CHARS = 16 * 1024;

/** An open container and the position of its next member. */
interface Frame {
  /** Sorted; null for an array. */
  readonly keys: readonly string[] | null;
  readonly values: Readonly<Record<string, unknown>> | readonly unknown[];
  readonly length: number;
  next: number;
}

/**
 * Hashes the RFC 8785 JSON of a parsed value with SHA-256, without ever building the whole text, because sixteen megabytes of
 * it would take seconds.
 *
 * @throws ValidationError `VALIDATION_FAILED` for a number that is not finite: RFC 8785 has none.
 */
export function* hashCanonicalJson(value: unknown): Steps<Buffer> {
  const hash = createHash('sha256');
  const frames: Frame[] = [];
  let text = '';
  let current = value;
  for (;;) {
    if (typeof current === 'object' && current !== null) {
      const frame = openFrame(current);
      text += frame.keys === null ? '[' : '{';
      frames.push(frame);
    } else if (typeof current === 'string' && current.length > STEP_CHARS) {
      hash.update(text);
      text = '';
      yield* hashLongString(hash, current);
    } else {
      text += scalarText(current);
    }
    for (
      let frame = frames.at(-1);
      frame !== undefined && frame.next === frame.length;
      frame = frames.at(-1)
    ) {
      text += frame.keys === null ? ']' : '}';
      frames.pop();
    }
    if (text.length > STEP_CHARS) {
      hash.update(text);
      text = '';
      yield;
    }
    const frame = frames.at(-1);
    if (frame === undefined) return hash.update(text).digest();
    if (frame.next > 0) text += ',';
    if (frame.keys === null) current = (frame.values as readonly unknown[])[frame.next];
    else {
      const key = frame.keys[frame.next] as string;
      text += `${JSON.stringify(key)}:`;
      current = (frame.values as Readonly<Record<string, unknown>>)[key];
    }
    frame.next += 1;
  }
}

function openFrame(value: object): Frame {
  if (Array.isArray(value)) return { keys: null, values: value, length: value.length, next: 0 };
  // Sorts by UTF-16 code units, as RFC 8785 requires.
  const keys = Object.keys(value).sort();
  return { keys, values: value as Record<string, unknown>, length: keys.length, next: 0 };
}

function scalarText(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new ValidationError('Send numbers that fit into a double.', [
      { pointer: '', message: 'holds a number that is not finite' },
    ]);
  }
  return JSON.stringify(value);
}

function* hashLongString(hash: { update(text: string): unknown }, text: string): Steps<void> {
  hash.update('"');
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + STEP_CHARS);
    // Both halves of a surrogate pair belong in one piece.
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end += 1;
    hash.update(JSON.stringify(text.slice(start, end)).slice(1, -1));
    start = end;
    yield;
  }
  hash.update('"');
}
