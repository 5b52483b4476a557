import { DEFAULT_THRESHOLD, type ScorerDefinition } from '../scorer-definition.js';

/** Lists problems of a definition that is allowed but probably not intended. */
export function listWarnings(definition: ScorerDefinition): string[] {
  if (!('labels' in definition)) return [];
  const { min, threshold } = definition;
  if (threshold !== null || min === null || min < DEFAULT_THRESHOLD) return [];
  return [
    `Every value from ${min} on passes, since a value passes from ${DEFAULT_THRESHOLD} on where no threshold is given; set threshold.`,
  ];
}
