import type { Suggestion } from '../suggestion.js';
import { suggestFromOutcomes } from './suggest-from-outcomes.js';
import { suggestFromSpending } from './suggest-from-spending.js';
import { suggestFromVariables } from './suggest-from-variables.js';
import type { VersionFacts } from './version-facts.js';

/** Suggests changes from 30 days of executions of a version. */
export function suggestFromFacts(facts: VersionFacts): Suggestion[] {
  return [...suggestFromSpending(facts), ...suggestFromOutcomes(facts), ...suggestFromVariables(facts)];
}
