import { RE2JS } from 're2js';
import { LIMITS } from '../limits.js';
import { estimatePatternSize } from './pattern-size.js';
import type { Purse } from './to-exact.js';

/** The engine caches up to 8 MB of states per pattern. The cache is dropped after this many characters. */
const REMEMBERED_CHARS = 4_000;

const STEPS_PER_CHAR = 0.75;

/** The message says what is wrong with a pattern, such as `is a pattern that repeats too much`. */
export class PatternRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PatternRefused';
  }
}

/**
 * A regular expression of a schema, run by RE2 in time linear in the text. It therefore has no back-references and no look-around. It may
 * match anywhere in the text, as JSON Schema requires.
 */
export class LinearPattern {
  private chars = 0;

  private constructor(
    private readonly regex: RE2JS,
    /** The number of instructions. */
    readonly size: number,
  ) {}

  /** @throws PatternRefused */
  static compile(pattern: string): LinearPattern {
    const size = LinearPattern.measure(pattern);
    try {
      const regex = RE2JS.compile(RE2JS.translateRegExp(pattern));
      return new LinearPattern(regex, Math.max(size, regex.programSize()));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new PatternRefused(`is not a regular expression that takes linear time: ${reason}`, {
        cause: error,
      });
    }
  }

  /** Estimates the number of instructions of a pattern before compiling it. @throws PatternRefused for too many. */
  static measure(pattern: string): number {
    if (pattern.length > LIMITS.patternChars) {
      throw new PatternRefused(`is a pattern of more than ${LIMITS.patternChars} characters`);
    }
    const size = estimatePatternSize(pattern);
    if (size > LIMITS.patternSize) throw new PatternRefused('is a pattern that repeats too much');
    return size;
  }

  test(text: string, purse: Purse): boolean {
    purse.spend(this.countSteps(text.length));
    this.chars += text.length;
    if (this.chars > REMEMBERED_CHARS) {
      this.regex.reset();
      this.chars = text.length;
    }
    return this.regex.test(text);
  }

  /**
   * The engine creates a state of its automaton when it meets something new, which takes time proportional to the pattern's size, and
   * reuses it afterwards. A small pattern has few states; in a large one each character may need a new one.
   */
  private countSteps(chars: number): number {
    const states = Math.min(chars, 2 ** Math.min(this.size, 20));
    return 4 + Math.ceil(chars * STEPS_PER_CHAR) + states * this.size;
  }
}
