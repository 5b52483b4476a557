import type { Evidence } from '../suggestion.js';
import type { Examples, VersionFacts } from './version-facts.js';

const MOST_EXAMPLES = 5;

/** Evidence from executions: the figures, with the version and some of the executions to look at. */
export function describeFacts(
  { promptName, versionNumber }: VersionFacts,
  facts: Evidence['facts'],
  executionIds: Examples = [],
): Evidence {
  return {
    places: [],
    facts,
    links: [
      `/v1/prompts/${encodeURIComponent(promptName)}/versions/${versionNumber}`,
      ...executionIds.slice(0, MOST_EXAMPLES).map((id) => `/v1/executions/${encodeURIComponent(id)}`),
    ],
  };
}

/** A share as people write it. */
export function toPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
