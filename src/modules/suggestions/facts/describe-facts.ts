import type { Evidence } from '../suggestion.js';
import type { Examples, VersionFacts } from './version-facts.js';

const MOST_EXAMPLES = 5;

/** Describes evidence from executions: the figures, with the version and some example executions. */
export function describeFacts(
  { promptName, versionNumber, executions, executions30d = executions }: VersionFacts,
  facts: Evidence['facts'],
  executionIds: Examples = [],
): Evidence {
  const isSample = executions30d > executions;
  return {
    places: [],
    facts: {
      ...facts,
      days: 30,
      ...(isSample ? { newest_executions: executions, of_executions: executions30d } : {}),
    },
    links: [
      `/v1/prompts/${encodeURIComponent(promptName)}/versions/${versionNumber}`,
      ...executionIds.slice(0, MOST_EXAMPLES).map((id) => `/v1/executions/${encodeURIComponent(id)}`),
    ],
  };
}

/** Formats a share for people. */
export function toPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
