import { RE2JS } from 're2js';
import { LIMITS } from '../limits.js';
import { estimatePatternSize } from './pattern-size.js';
import type { Purse } from './to-exact.js';

/** The engine keeps what it learnt of a pattern, up to 8 MB of it. It forgets again after so many characters. */
const REMEMBERED_CHARS = 4_000;

const STEPS_PER_CHAR = 0.75;

/** Says in its message what is wrong with a pattern, such as `is a pattern that repeats too much`. */
export class PatternRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PatternRefused';
  }
}

/**
 * A regular expression of a schema, run by RE2: the time it takes grows with the text and not exponentially. So there are
 * no back-references and no looking ahead or behind. It may match anywhere in the text, as JSON Schema has it.
 */
export class LinearPattern {
  private chars = 0;

  private constructor(
    private readonly regex: RE2JS,
    /** The number of its instructions. */
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

  /** About how many instructions a pattern has, before it is compiled. @throws PatternRefused for too many. */
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
   * The engine makes a state of its automaton where it meets something new, which takes as long as the pattern is large, and
   * from then on goes by it. Of a small pattern there are few, and of a large one each character may need another.
   */
  private countSteps(chars: number): number {
    const states = Math.min(chars, 2 ** Math.min(this.size, 20));
    return 4 + Math.ceil(chars * STEPS_PER_CHAR) + states * this.size;
  }
}
