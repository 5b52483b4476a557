import { ValidationError } from '../../../kernel/index.js';
import { type HumanDefinition, thresholdFor } from '../scorer-definition.js';
import type { PostScoreDto } from './scores.dto.js';

/** A person's score of an answer, by the labels or the range of a scorer. */
export interface PostedScore {
  readonly value: number;
  readonly label: string | null;
  readonly passed: boolean;
}

/** @throws ValidationError `VALIDATION_FAILED` for a label or value outside of the scorer's scale. */
export function readPostedScore(
  definition: HumanDefinition,
  { value: sentValue, label: sentLabel }: Pick<PostScoreDto, 'value' | 'label'>,
): PostedScore {
  const [value, label] = [sentValue ?? null, sentLabel ?? null];
  const { labels, min, max } = definition;
  if (labels !== null) {
    const names = Object.keys(labels).join(', ');
    if (value !== null)
      throw refusal('value', `cannot be used with this scorer; send label, one of ${names}`);
    if (label === null) throw refusal('label', `is required for this scorer, one of ${names}`);
    if (!Object.hasOwn(labels, label)) throw refusal('label', `must be one of ${names}`);
    const passed = labels[label] === true;
    return { value: passed ? 1 : 0, label, passed };
  }
  const [least, most] = [min ?? 0, max ?? 1];
  if (label !== null)
    throw refusal('label', `cannot be used with this scorer; send value, from ${least} to ${most}`);
  if (value === null) throw refusal('value', `is required for this scorer, from ${least} to ${most}`);
  if (!(value >= least && value <= most)) throw refusal('value', `must be from ${least} to ${most}`);
  return { value: value === 0 ? 0 : value, label: null, passed: value >= thresholdFor(definition) };
}

function refusal(name: 'value' | 'label', message: string): ValidationError {
  return new ValidationError(`The ${name} ${message}.`, [{ pointer: `/${name}`, message }]);
}
