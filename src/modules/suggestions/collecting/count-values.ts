import type { MaskRules } from '../../projects/index.js';
import type { VariableFacts } from '../facts/version-facts.js';
import type { SampledInput } from './facts.repository.js';

const MASK = '***';
/** A variable with more distinct values holds free text, so its values are not counted individually. */
const MOST_VALUES = 500;
const MOST_SHOWN = 50;
const MOST_EXAMPLES = 5;

interface Tally {
  executions: number;
  failures: number;
  readonly failedExecutionIds: string[];
}

interface Values {
  executions: number;
  hasMore: boolean;
  readonly byText: Map<string, Tally>;
}

/**
 * Counts the values of variables. It ignores a value masked in its execution or by the project's current rules, and every structure in a
 * project that masks anything, because something inside it may be masked.
 */
export class ValueCounts {
  private readonly byName: ReadonlyMap<string, Values>;
  /** The names sent by all executions; null before the first. */
  private sent: ReadonlySet<string> | null = null;
  private executions = 0;
  private failures = 0;

  /** @param names the variables of the version. */
  constructor(
    names: readonly string[],
    private readonly rules: MaskRules | null,
  ) {
    const counted = names.filter((name) => rules?.covers(name, name) !== true);
    this.byName = new Map(
      counted.map((name) => [name, { executions: 0, hasMore: false, byText: new Map() }]),
    );
  }

  add({ executionId, masked, names, values }: SampledInput, isFailure: boolean): void {
    this.executions += 1;
    if (isFailure) this.failures += 1;
    const known = this.sent;
    this.sent = new Set(known === null ? names : (names ?? []).filter((name) => known.has(name)));
    for (const [nth, name] of (names ?? []).entries()) {
      const ofName = this.byName.get(name);
      if (ofName === undefined) continue;
      const value = values?.[nth] ?? null;
      ofName.executions += 1;
      if (value === null || !this.mayBeCounted(name, value, masked)) ofName.hasMore = true;
      else count(ofName, value, { executionId, isFailure });
    }
  }

  get read(): { readonly executions: number; readonly failures: number } {
    return { executions: this.executions, failures: this.failures };
  }

  /** The names sent by every execution. */
  get alwaysSent(): readonly string[] {
    return [...(this.sent ?? [])];
  }

  list(): VariableFacts[] {
    return [...this.byName].map(([name, { executions, hasMore, byText }]) => ({
      name,
      executions,
      distinct: byText.size + (hasMore ? 1 : 0),
      values: [...byText]
        .sort(([, one], [, other]) => other.executions - one.executions)
        .slice(0, MOST_SHOWN)
        .map(([value, tally]) => ({ value, ...tally })),
    }));
  }

  private mayBeCounted(name: string, value: string, masked: readonly string[] | null): boolean {
    if (masked?.some((path) => path === name || path.startsWith(`${name}.`)) === true) return false;
    if (masked !== null && value.includes(MASK)) return false;
    return this.rules === null || !/^\s*[[{]/u.test(value);
  }
}

function count(
  ofName: Values,
  value: string,
  { executionId, isFailure }: { readonly executionId: string; readonly isFailure: boolean },
): void {
  const { byText } = ofName;
  if (!byText.has(value) && byText.size >= MOST_VALUES) {
    ofName.hasMore = true;
    return;
  }
  const tally = byText.get(value) ?? { executions: 0, failures: 0, failedExecutionIds: [] };
  byText.set(value, tally);
  tally.executions += 1;
  if (!isFailure) return;
  tally.failures += 1;
  if (tally.failedExecutionIds.length < MOST_EXAMPLES) tally.failedExecutionIds.push(executionId);
}
