import { type Suggestion, UNKNOWN_EFFECT } from '../suggestion.js';
import { describeFacts, toPercent } from './describe-facts.js';
import type { VersionFacts } from './version-facts.js';

const FEWEST_FAILURES = 5;
/** The share of answers from which on a problem is reported. */
const MANY = 0.02;

/** Suggests changes about failures and retries. */
export function suggestFromOutcomes(facts: VersionFacts): Suggestion[] {
  return [...mendSchema(facts), ...explainRetries(facts), ...explainFallbacks(facts)];
}

function mendSchema(facts: VersionFacts): Suggestion[] {
  const { schema } = facts;
  if (schema === null || schema.checked === 0) return [];
  return schema.failures
    .filter(({ count }) => isMany(count, schema.checked))
    .map(({ pointer, count, executionIds }) => ({
      kind: 'schema_failures',
      severity: 'warning',
      title: `${toPercent(count / schema.checked)} of the answers break the schema at "${pointer}".`,
      evidence: describeFacts(facts, { pointer, failures: count, checked: schema.checked }, executionIds),
      quoting: {
        title: `${toPercent(count / schema.checked)} of the answers break the schema in one place.`,
        facts: ['pointer'],
      },
      expectedEffect: { ...UNKNOWN_EFFECT, passRate: count / schema.checked },
      patch: null,
    }));
}

const CURES: ReadonlyMap<string, string> = new Map([
  ['rate_limited', 'ask the vendor for a higher limit, or route a part of the traffic elsewhere'],
  ['timeout', 'give it more time, or bound the answer'],
  ['connection', 'look at the network on the way to the vendor'],
  ['provider_error', 'add a route to another provider'],
]);

function explainRetries(facts: VersionFacts): Suggestion[] {
  return facts.retries
    .filter(({ count }) => isMany(count, facts.executions))
    .map(({ cause, count, executionIds }) => ({
      kind: 'retries',
      severity: 'warning',
      title: `${count} attempts were repeated because of ${cause}: ${CURES.get(cause) ?? 'see the attempts'}.`,
      evidence: describeFacts(facts, { cause, retries: count, executions: facts.executions }, executionIds),
      expectedEffect: UNKNOWN_EFFECT,
      patch: null,
    }));
}

function explainFallbacks(facts: VersionFacts): Suggestion[] {
  return facts.fallbacks
    .filter(({ count }) => isMany(count, facts.executions))
    .map(({ cause, count, from, to, executionIds }) => ({
      kind: 'fallbacks',
      severity: 'warning',
      title: `${toPercent(count / facts.executions)} of the executions fell back from ${from} to ${to} because of ${cause}.`,
      evidence: describeFacts(
        facts,
        { cause, fallbacks: count, executions: facts.executions, from, to },
        executionIds,
      ),
      expectedEffect: UNKNOWN_EFFECT,
      patch: null,
    }));
}

function isMany(count: number, of: number): boolean {
  return count >= FEWEST_FAILURES && count >= MANY * of;
}
