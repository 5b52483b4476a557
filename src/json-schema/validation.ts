import { type ErrorEntry, pointerSegment } from '../kernel/index.js';
import { LIMITS } from './limits.js';
import type { Evaluation, SchemaNode } from './schema-node.js';
import { Seen } from './seen.js';
import { getKind } from './values/json-values.js';
import { toExact } from './values/to-exact.js';

/** Ends a validation early: it takes too much work, or enough was found. */
export class ValidationEnded extends Error {
  /** @param reason null when enough was found. */
  constructor(readonly reason: string | null) {
    super(reason ?? 'enough was found');
    this.name = 'ValidationEnded';
  }
}

/** Each fault needs a pointer, and the faults of several schemas are compared to tell which schema was meant. */
const STEPS_PER_POINTER = 30;
const STEPS_PER_SEGMENT = 8;

/** The validation of one value: its position, the faults found, and the remaining budget. */
export class Validation implements Evaluation {
  private readonly path: (string | number)[] = [];
  private steps = LIMITS.steps;
  private depth = 0;
  /** Null while only the verdict matters. */
  private faults: ErrorEntry[] | null;

  /**
   * @param violations receives the faults.
   * @param pointer the pointer of the value itself, such as `/variables`.
   * @param tracks whether the schema depends on which parts of a value were looked at.
   */
  constructor(
    private readonly violations: ErrorEntry[],
    private readonly pointer: string,
    private readonly tracks: boolean,
  ) {
    this.faults = violations;
  }

  spend(steps: number): void {
    this.steps -= steps;
    if (this.steps < 0) throw new ValidationEnded('takes more work to check than is allowed');
  }

  spendText(chars: number): void {
    this.spend(Math.ceil(chars / 8));
  }

  apply(node: SchemaNode, value: unknown, seen: Seen | null = null): boolean {
    this.depth += 1;
    if (this.depth > LIMITS.evaluationDepth) throw new ValidationEnded('is nested too deeply to be checked');
    const own = this.tracks ? new Seen() : null;
    const fits = this.assertAll(node, toExact(value, this), own);
    if (fits && own !== null) seen?.merge(own);
    this.depth -= 1;
    return fits;
  }

  applyAt(node: SchemaNode, key: string | number, value: unknown): boolean {
    this.path.push(key);
    const fits = this.apply(node, value);
    this.path.pop();
    return fits;
  }

  fits(node: SchemaNode, value: unknown, seen: Seen | null = null): boolean {
    return this.collect(null, () => this.apply(node, value, seen));
  }

  findFaults(node: SchemaNode, value: unknown, seen: Seen | null): readonly ErrorEntry[] | null {
    // Faults are not recorded now, so the verdict is enough.
    if (this.faults === null) return this.apply(node, value, seen) ? null : [];
    const faults: ErrorEntry[] = [];
    return this.collect(faults, () => this.apply(node, value, seen)) ? null : faults;
  }

  fail(message: string, key?: string | number): false {
    if (this.faults !== null) this.note({ pointer: this.here(key), message });
    return false;
  }

  failAll(faults: readonly ErrorEntry[]): false {
    if (this.faults !== null) for (const fault of faults) this.note(fault);
    return false;
  }

  here(key?: string | number): string {
    this.spend(STEPS_PER_POINTER + STEPS_PER_SEGMENT * this.path.length);
    const steps = key === undefined ? this.path : [...this.path, key];
    return this.pointer + steps.map((step) => `/${pointerSegment(step)}`).join('');
  }

  private assertAll(node: SchemaNode, value: unknown, seen: Seen | null): boolean {
    const kind = getKind(value);
    if (kind === null) return this.fail('is not JSON');
    const assertions = node.assertions[kind];
    this.spend(2 + 2 * assertions.length);
    if (node.gate !== null && !node.gate(value, this, seen)) return false;
    let fits = true;
    for (const assertion of assertions) {
      if (assertion(value, this, seen)) continue;
      fits = false;
      if (this.faults === null) break;
    }
    return fits;
  }

  private collect(faults: ErrorEntry[] | null, work: () => boolean): boolean {
    const before = this.faults;
    this.faults = faults;
    const fits = work();
    this.faults = before;
    return fits;
  }

  private note(fault: ErrorEntry): void {
    if (this.faults === null) return;
    if (this.faults.length < LIMITS.listed) this.faults.push(fault);
    if (this.violations.length >= LIMITS.listed) throw new ValidationEnded(null);
  }
}
