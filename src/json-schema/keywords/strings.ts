import type { SchemaPart } from '../reading/schema-part.js';
import { findFormat } from '../values/formats.js';

/** Reads the constraints on texts, which are measured in characters (code points). */
export function readStrings(part: SchemaPart): void {
  const least = part.count('minLength');
  if (least !== undefined && least > 0) {
    const message = `must have at least ${formatCount(least, 'character')}`;
    part.assert('string', (value, evaluation) => {
      const text = value as string;
      // A character takes at most two units.
      if (text.length < least) return evaluation.fail(message);
      if (text.length >= 2 * least) return true;
      evaluation.spendText(text.length);
      return countCharacters(text) >= least || evaluation.fail(message);
    });
  }
  const most = part.count('maxLength');
  if (most !== undefined) {
    const message = `must have at most ${formatCount(most, 'character')}`;
    part.assert('string', (value, evaluation) => {
      const text = value as string;
      if (text.length <= most) return true;
      if (text.length > 2 * most) return evaluation.fail(message);
      evaluation.spendText(text.length);
      return countCharacters(text) <= most || evaluation.fail(message);
    });
  }
  readPattern(part);
  readFormat(part);
}

function readPattern(part: SchemaPart): void {
  if (!part.has('pattern')) return;
  const pattern = part.pattern(part.value('pattern'), 'pattern');
  if (pattern === undefined) return;
  const message = `must match the pattern ${String(part.value('pattern'))}`;
  part.assert(
    'string',
    (value, evaluation) => pattern.test(value as string, evaluation) || evaluation.fail(message),
  );
}

function readFormat(part: SchemaPart): void {
  const name = part.string('format');
  const hasFormat = name === undefined ? null : findFormat(name);
  if (name === undefined || hasFormat === null) return;
  const message = `must have the format ${name}`;
  part.assert('string', (value, evaluation) => {
    evaluation.spendText((value as string).length);
    return hasFormat(value as string) || evaluation.fail(message);
  });
}

function countCharacters(text: string): number {
  let surrogates = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    if ((text.charCodeAt(offset) & 0xfc00) === 0xdc00) surrogates += 1;
  }
  return text.length - surrogates;
}

export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
