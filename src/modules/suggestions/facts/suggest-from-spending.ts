import { type Suggestion, UNKNOWN_EFFECT } from '../suggestion.js';
import { describeFacts, toPercent } from './describe-facts.js';
import type { VersionFacts } from './version-facts.js';

/** With fewer answers, a 99th percentile has no meaning. */
const FEWEST_ANSWERS = 100;
/** A limit is too high from this multiple of the answers' 99th percentile. */
const ROOMY = 4;
const SPARE = 1.5;
const FEWEST_PREFIX_TOKENS = 1024;
const LOW_SHARE = 0.2;
const FEWEST_EXECUTIONS = 50;
/** How much cheaper a model must be to justify a change. */
const CHEAPER = 0.1;

/** Suggests changes that save money. */
export function suggestFromSpending(facts: VersionFacts): Suggestion[] {
  return [...boundAnswers(facts), ...cachePrefix(facts), ...chooseCheaper(facts)];
}

function boundAnswers(facts: VersionFacts): Suggestion[] {
  const { answers, maxNewTokens } = facts;
  if (answers === null || maxNewTokens === null || answers.count < FEWEST_ANSWERS) return [];
  if (maxNewTokens < ROOMY * Math.max(1, answers.p99Tokens)) return [];
  // Above the longest answer, so that none would have been cut.
  const bound = Math.ceil(Math.max(answers.p99Tokens * 2, answers.maxTokens * SPARE, 16));
  if (bound >= maxNewTokens) return [];
  return [
    {
      kind: 'answer_bound',
      severity: 'info',
      title: `99 % of the answers have at most ${answers.p99Tokens} tokens, and each request holds budget for ${maxNewTokens}.`,
      evidence: describeFacts(
        facts,
        {
          answers: answers.count,
          p99_tokens: answers.p99Tokens,
          longest_tokens: answers.maxTokens,
          max_new_tokens: maxNewTokens,
        },
        answers.executionIds,
      ),
      // Tokens that are not produced are not billed. Only the budget held in the meantime shrinks.
      expectedEffect: UNKNOWN_EFFECT,
      patch: { kind: 'params', params: { maxNewTokens: bound } },
    },
  ];
}

function cachePrefix(facts: VersionFacts): Suggestion[] {
  const { promptTokens } = facts;
  if (promptTokens === null || promptTokens.executions < FEWEST_EXECUTIONS || promptTokens.total <= 0)
    return [];
  const { total, cached, commonPrefix, executions } = promptTokens;
  const share = cached / total;
  const possible = Math.min(1, (commonPrefix * executions) / total);
  if (commonPrefix < FEWEST_PREFIX_TOKENS || share >= LOW_SHARE || share >= possible / 2) return [];
  return [
    {
      kind: 'low_cached_share',
      severity: 'warning',
      title: `All prompts begin with the same ${commonPrefix} tokens, and the vendor took ${toPercent(share)} of them from its cache.`,
      evidence: describeFacts(facts, {
        prompt_tokens: total,
        cached_tokens: cached,
        common_prefix_tokens: commonPrefix,
        executions,
      }),
      expectedEffect: UNKNOWN_EFFECT,
      patch: null,
    },
  ];
}

function chooseCheaper(facts: VersionFacts): Suggestion[] {
  return facts.experiments.flatMap((experiment): Suggestion[] => {
    const [cost, otherCost] = [Number(experiment.costUsd), Number(experiment.otherCostUsd)];
    if (experiment.verdict !== 'no_difference' || !(otherCost < cost * (1 - CHEAPER))) return [];
    const { other, items, experimentId } = experiment;
    const evidence = describeFacts(facts, {
      experiment_id: experimentId,
      items,
      verdict: experiment.verdict,
      cost_usd: experiment.costUsd,
      other_cost_usd: experiment.otherCostUsd,
    });
    return [
      {
        kind: 'cheaper_model',
        severity: 'info',
        title: `${other.provider}/${other.modelName} showed no difference in ${items} items, for ${toPercent(1 - otherCost / cost)} less.`,
        evidence: {
          ...evidence,
          links: [...evidence.links, `/v1/experiments/${encodeURIComponent(experimentId)}`],
        },
        expectedEffect: {
          costUsd30d: describeChange(otherCost - cost, facts),
          tokens: null,
          passRate: 0,
        },
        patch: { kind: 'model', model: other },
      },
    ];
  });
}

function describeChange(
  costUsd: number,
  { executions, executions30d = executions }: VersionFacts,
): string | null {
  return executions30d === 0 ? null : (costUsd * executions30d).toFixed(6);
}
