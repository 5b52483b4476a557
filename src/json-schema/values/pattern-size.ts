const QUANTIFIER = /\{(\d+)(?:(,)(\d*))?\}/y;

/** A single instruction, but with hundreds of ranges. */
const SIZE_OF_UNICODE_CLASS = 10;

/**
 * Estimates how many instructions a pattern compiles to. A repetition `{n}` compiles n times, so a pattern of ten characters may need a
 * million, and during compilation it is too late to check.
 *
 * @returns infinity for an unterminated pattern, which the engine refuses anyway.
 */
export function estimatePatternSize(pattern: string): number {
  /** The sizes of the open groups; the pattern itself comes first. */
  const open = [1];
  let last = 0;
  const add = (size: number): void => {
    open.push((open.pop() ?? 0) + size);
    last = size;
  };
  for (let offset = 0; offset < pattern.length; offset += 1) {
    switch (pattern[offset]) {
      case '\\':
        offset += 1;
        add(/p/i.test(pattern[offset] ?? '') ? SIZE_OF_UNICODE_CLASS : 1);
        break;
      case '[': {
        const end = endOfClass(pattern, offset);
        add(/\\p/i.test(pattern.slice(offset, end)) ? SIZE_OF_UNICODE_CLASS : 1);
        offset = end;
        break;
      }
      case '(':
        open.push(2);
        break;
      case ')':
        if (open.length > 1) add(open.pop() ?? 0);
        break;
      case '{': {
        QUANTIFIER.lastIndex = offset;
        const quantifier = QUANTIFIER.exec(pattern);
        if (quantifier === null) add(1);
        else {
          offset += quantifier[0].length - 1;
          const times = Math.max(Number(quantifier[1]), Number(quantifier[3] ?? 0), 1);
          add((times - 1) * (last + 1) + 1);
          last *= times;
        }
        break;
      }
      default:
        add(1);
    }
  }
  return open.reduce((total, size) => total + size, 0);
}

/** Returns the offset of the bracket that closes a class, or of the end. */
function endOfClass(pattern: string, start: number): number {
  let offset = start + 1;
  if (pattern[offset] === '^') offset += 1;
  if (pattern[offset] === ']') offset += 1;
  while (offset < pattern.length && pattern[offset] !== ']') offset += pattern[offset] === '\\' ? 2 : 1;
  return offset;
}
