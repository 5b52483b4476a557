import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';

/** Names repeat from request to request, and matching one takes microseconds. */
const MAX_REMEMBERED = 1000;

/**
 * Decides which variables of a project are masked. An entry is a name, a pattern in which `*` stands for any text, or a regular expression
 * between slashes. Without a dot it applies to the name of a variable or of any nested member. With dots it applies to the path from the
 * variable on, without list indexes: `customer.email` also covers the e-mail of each element of `customer`.
 *
 * Patterns come from projects, so they are matched by a linear-time engine.
 */
export class MaskRules {
  private readonly names: ReadonlySet<string>;
  private readonly paths: ReadonlySet<string>;
  private readonly patterns: readonly { readonly isOfPaths: boolean; readonly pattern: RE2JS }[];
  private readonly verdicts = new LRUCache<string, boolean>({ max: MAX_REMEMBERED });

  private constructor(entries: readonly string[]) {
    const plain = entries.filter((entry) => !isPattern(entry));
    this.names = new Set(plain.filter((entry) => !entry.includes('.')));
    this.paths = new Set(plain.filter((entry) => entry.includes('.')));
    this.patterns = entries.filter(isPattern).map((entry) => ({
      isOfPaths: isExpression(entry) || entry.includes('.'),
      pattern: compilePattern(entry),
    }));
  }

  /** Returns null for a project that masks nothing. @throws Error for a regular expression that the engine does not support. */
  static of(entries: readonly string[]): MaskRules | null {
    return entries.length === 0 ? null : new MaskRules(entries);
  }

  /**
   * @param name the name of the variable or member.
   * @param path the names from the variable on, joined by dots; for a variable itself, its name.
   */
  covers(name: string, path: string): boolean {
    if (this.names.has(name) || this.paths.has(path) || this.paths.has(name)) return true;
    return this.patterns.length > 0 && this.matches(name, path);
  }

  private matches(name: string, path: string): boolean {
    const known = this.verdicts.get(path);
    if (known !== undefined) return known;
    const verdict = this.patterns.some(
      ({ isOfPaths, pattern }) => pattern.matches(name) || (isOfPaths && pattern.matches(path)),
    );
    this.verdicts.set(path, verdict);
    return verdict;
  }
}

/** Matches an expression with flags, as in other languages. Read as a name it would silently mask nothing. */
const WITH_FLAGS = /^\/.+\/[a-z]+$/i;

/** Returns the problem of an entry; null for a valid one. */
export function findMaskProblem(entry: string): string | null {
  if (WITH_FLAGS.test(entry)) return 'must have the flags of RE2 inside of its slashes, such as (?i)';
  if (!isPattern(entry)) return null;
  try {
    compilePattern(entry);
    return null;
  } catch {
    return 'must be a regular expression that RE2 reads, between its slashes';
  }
}

function isPattern(entry: string): boolean {
  return entry.includes('*') || isExpression(entry);
}

function isExpression(entry: string): boolean {
  return entry.length > 2 && entry.startsWith('/') && entry.endsWith('/');
}

/** An expression matches anywhere in a name unless anchored, as in most languages. A pattern matches the whole name. */
function compilePattern(entry: string): RE2JS {
  const source = isExpression(entry)
    ? `(?:.*)(?:${entry.slice(1, -1)})(?:.*)`
    : entry
        .split('*')
        .map((part) => RE2JS.quote(part))
        .join('.*');
  return RE2JS.compile(source, RE2JS.DOTALL);
}
