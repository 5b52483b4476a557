import type { ErrorEntry } from '../../../kernel/index.js';
import { pointerSegment, ValidationError } from '../../../kernel/index.js';
import type { PutScorerDto } from '../scorers.dto.js';

/** The members that define each kind. */
const MEMBERS = {
  check: ['check', 'value', 'path', 'negate', 'threshold'],
  code: ['source', 'threshold'],
  judge: [
    'prompt_name',
    'version_number',
    'prompt_checksum_hash',
    'model',
    'params',
    'labels',
    'min',
    'max',
    'threshold',
  ],
  human: ['labels', 'min', 'max', 'threshold'],
} as const;

const MAX_LABELS = 50;
const MAX_LABEL_CHARS = 100;

/** Collects the errors of a definition, so that one answer names all of them. */
export class DefinitionReader {
  private readonly errors: ErrorEntry[] = [];

  constructor(readonly body: PutScorerDto) {}

  /** Returns a member of the body. Null means the same as left out. */
  member<Name extends keyof PutScorerDto>(name: Name): Exclude<PutScorerDto[Name], null> | undefined {
    return (this.body[name] ?? undefined) as Exclude<PutScorerDto[Name], null> | undefined;
  }

  require(name: keyof PutScorerDto): void {
    if (this.member(name) === undefined) this.report(name, `is required for a ${this.body.kind}`);
  }

  report(name: keyof PutScorerDto, message: string, below = ''): void {
    this.errors.push({ pointer: `/${name}${below}`, message });
  }

  assertMembers(): void {
    const known: readonly string[] = ['kind', ...MEMBERS[this.body.kind]];
    for (const name of Object.keys(this.body) as (keyof PutScorerDto)[]) {
      if (this.member(name) === undefined || known.includes(name)) continue;
      this.report(name, `cannot be used with a ${this.body.kind}`);
    }
  }

  /** Reads a threshold, and refuses one that every answer would reach. @param least the lowest possible value. */
  readThreshold(least: number, most: number): number | undefined {
    const threshold = this.member('threshold');
    if (threshold === undefined) return undefined;
    if (!(threshold > 0)) this.report('threshold', 'must be above 0: every answer would pass');
    else if (threshold <= least) this.report('threshold', `must be above ${least}: every answer would pass`);
    else if (threshold > most) this.report('threshold', `must not be above ${most}: no answer would pass`);
    return threshold;
  }

  /** Reads labels, or a range of numbers. */
  readScale(): Readonly<Record<string, unknown>> {
    const labels = this.member('labels');
    const min = this.member('min');
    const max = this.member('max');
    if (labels !== undefined) this.assertLabels(labels);
    if ((min === undefined) !== (max === undefined)) {
      this.report(min === undefined ? 'min' : 'max', 'is required with the other end of the range');
    } else if (min !== undefined && max !== undefined) {
      if (!(min < max)) this.report('max', 'must be above min');
      if (labels !== undefined) this.report('labels', 'cannot be used with min and max');
    }
    if (labels === undefined) return { min, max, threshold: this.readThreshold(min ?? 0, max ?? 1) };
    if (this.member('threshold') !== undefined) {
      this.report('threshold', 'cannot be used with labels, which say themselves what passes');
    }
    return { labels };
  }

  /** @throws ValidationError `VALIDATION_FAILED` with a pointer for each fault. */
  finish(): void {
    if (this.errors.length === 0) return;
    throw new ValidationError('Correct the parts of the body that "errors" lists.', this.errors);
  }

  private assertLabels(labels: Readonly<Record<string, unknown>>): void {
    const entries = Object.entries(labels);
    if (entries.length === 0 || entries.length > MAX_LABELS) {
      this.report('labels', `must have 1 to ${MAX_LABELS} labels`);
      return;
    }
    for (const [label, passes] of entries) {
      const at = `/${pointerSegment(label)}`;
      if (label.trim() === '' || label.length > MAX_LABEL_CHARS) {
        this.report('labels', `must be named by 1 to ${MAX_LABEL_CHARS} characters`, at);
      } else if (typeof passes !== 'boolean') {
        this.report('labels', 'must be true where the label passes, and false where it does not', at);
      }
    }
    if (entries.every(([, passes]) => passes === true)) {
      this.report('labels', 'must have one that is false: every answer would pass');
    }
  }
}
