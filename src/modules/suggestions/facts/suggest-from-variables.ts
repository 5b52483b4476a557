import { type Suggestion, UNKNOWN_EFFECT } from '../suggestion.js';
import { describeFacts, toPercent } from './describe-facts.js';
import { binomialTail, cautiousRate } from './judge-cluster.js';
import type { VersionFacts } from './version-facts.js';

/** The probability of one false alarm among all values of all variables. */
const ALPHA = 0.01;
const FEWEST_FAILURES = 5;
/** A value is a cluster from this multiple of the others' failure rate. */
const TIMES = 2;
const FEWEST_EXECUTIONS = 100;

/** Suggests changes about the values of variables. */
export function suggestFromVariables(facts: VersionFacts): Suggestion[] {
  return [...findClusters(facts), ...findConstants(facts)];
}

function findClusters(facts: VersionFacts): Suggestion[] {
  const values = facts.variables.flatMap(({ name, values: ofName }) =>
    ofName.map((each) => ({ name, ...each })),
  );
  return values.flatMap(({ name, value, executions, failures, failedExecutionIds }): Suggestion[] => {
    const read = facts.variablesRead ?? facts;
    const rest = { failures: read.failures - failures, executions: read.executions - executions };
    if (failures < FEWEST_FAILURES || rest.executions <= 0) return [];
    const restRate = cautiousRate(Math.max(0, rest.failures), rest.executions);
    const rate = failures / executions;
    const chance = binomialTail(failures, executions, restRate) * values.length;
    if (rate < TIMES * restRate || chance > ALPHA) return [];
    return [
      {
        kind: 'failure_cluster',
        severity: 'warning',
        title: `With ${name} = ${shorten(value)}, ${describeRates(rate, rest)}`,
        quoting: { title: `With one value of ${name}, ${describeRates(rate, rest)}`, facts: ['value'] },
        evidence: describeFacts(
          facts,
          {
            variable: name,
            value,
            failures,
            executions,
            other_failures: rest.failures,
            other_executions: rest.executions,
          },
          failedExecutionIds,
        ),
        expectedEffect: {
          ...UNKNOWN_EFFECT,
          passRate: Math.max(0, failures - restRate * executions) / read.executions,
        },
        patch: null,
      },
    ];
  });
}

function findConstants(facts: VersionFacts): Suggestion[] {
  return facts.variables.flatMap(({ name, executions, distinct, values }): Suggestion[] => {
    const [only] = values;
    if (distinct !== 1 || only === undefined || executions < FEWEST_EXECUTIONS) return [];
    return [
      {
        kind: 'constant_variable',
        severity: 'info',
        title: `"${name}" was ${shorten(only.value)} in all of ${executions} executions: it could be part of the template.`,
        evidence: describeFacts(facts, { variable: name, value: only.value, executions }),
        quoting: {
          title: `"${name}" was the same in all of ${executions} executions: it could be part of the template.`,
          facts: ['value'],
        },
        expectedEffect: UNKNOWN_EFFECT,
        patch: null,
      },
    ];
  });
}

function describeRates(
  rate: number,
  rest: { readonly failures: number; readonly executions: number },
): string {
  return `${toPercent(rate)} fail; otherwise ${toPercent(rest.failures / rest.executions)} do.`;
}

const MOST_CHARS = 60;

function shorten(value: string): string {
  const characters = [...value];
  return characters.length > MOST_CHARS ? `${characters.slice(0, MOST_CHARS).join('')}…` : value;
}
