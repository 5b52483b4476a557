/** A column that is counted by or summed up, and what an execution `n` has for it. */
export interface CountColumn {
  readonly name: string;
  readonly ofExecutions: string;
}

/** What stands in a key for an id that an execution does not have: a key has no room for NULL. */
const NO_ID = `'00000000-0000-0000-0000-000000000000'::uuid`;

const OLD_DIMENSIONS = ['prompt_id', 'prompt_mode', 'version_id', 'model_id', 'environment', 'status'];

const known = (name: string): CountColumn => ({ name, ofExecutions: `n.${name}` });

/** Of what has none of the kind: a call without a prompt, the admin who has no key, a prompt without a team. */
const orNone = (name: string, none: string): CountColumn => ({
  name,
  ofExecutions: `coalesce(n.${name}, ${none})`,
});

/** Of those whose number is known: how many they are, and their sum. */
const countAndSum = (column: string, sumName: string): CountColumn[] => [
  { name: `${column}_count`, ofExecutions: `count(n.${column})` },
  { name: sumName, ofExecutions: `coalesce(sum(n.${column}), 0)` },
];

const SUCCEEDED = `FILTER (WHERE n.status = 'succeeded')`;

const OLD_MEASURES: readonly CountColumn[] = [
  { name: 'executions', ofExecutions: 'count(*)' },
  { name: 'latency_count', ofExecutions: `count(n.latency_ms) ${SUCCEEDED}` },
  { name: 'latency_sum_ms', ofExecutions: `coalesce(sum(n.latency_ms) ${SUCCEEDED}, 0)` },
  ...countAndSum('prompt_tokens', 'prompt_tokens_sum'),
  ...countAndSum('response_tokens', 'response_tokens_sum'),
];

export const NEW_MEASURES: readonly CountColumn[] = [
  ...countAndSum('cached_prompt_tokens', 'cached_prompt_tokens_sum'),
  ...countAndSum('reasoning_tokens', 'reasoning_tokens_sum'),
  { name: 'cost_count', ofExecutions: 'count(n.cost_pico_usd)' },
  { name: 'cost_sum_pico_usd', ofExecutions: 'coalesce(sum(n.cost_pico_usd), 0)' },
];

/** By what is counted, what is summed up, and of which executions. */
export interface Counting {
  readonly dimensions: readonly CountColumn[];
  readonly measures: readonly CountColumn[];
  /** A condition on an execution `n` that is final. */
  readonly counted: string;
}

export const WITH_COSTS: Counting = {
  dimensions: [
    orNone('prompt_id', NO_ID),
    orNone('prompt_mode', `''`),
    orNone('version_id', NO_ID),
    known('model_id'),
    known('environment'),
    known('status'),
    orNone('key_id', NO_ID),
    orNone('owner_team', `''`),
  ],
  measures: [...OLD_MEASURES, ...NEW_MEASURES],
  counted: 'true',
};

/** As the version before counted. It knows no calls without a prompt; where there are some, they must not stop others. */
export const WITHOUT_COSTS: Counting = {
  dimensions: OLD_DIMENSIONS.map(known),
  measures: OLD_MEASURES,
  counted: 'n.prompt_id IS NOT NULL',
};
