/**
 * The effect of sending the same request again after its answer was lost:
 * - `same`: nothing beyond the first request.
 * - `keyed`: nothing, because the ledger keeps the answer under the `Idempotency-Key`.
 * - `again`: it is carried out a second time.
 */
export type Repeating = 'same' | 'keyed' | 'again';

/**
 * The POSTs that may be sent again. Any other is carried out twice, or fails with a conflict that hides the first success. A test compares
 * the keyed ones with the OpenAPI document, which declares the header `Idempotency-Key` for them.
 */
export const REPEATABLE_POSTS: Readonly<Record<string, Exclude<Repeating, 'again'>>> = {
  '/openai/v1/chat/completions': 'keyed',
  '/v1/executions:record': 'keyed',
  '/v1/executions:run': 'keyed',
  '/v1/executions:stream': 'keyed',
  '/v1/executions:submit': 'keyed',
  '/v1/executions:submit-batch': 'keyed',
  '/v1/experiments': 'keyed',
  '/v1/prompts/{name}/execute': 'keyed',
  '/v1/scorers/{name}:score': 'keyed',
  '/v1/scores': 'keyed',

  // A render only reads.
  '/v1/prompts/{name}:render': 'same',
  // A second cancel, retirement, registration or activation changes nothing.
  '/v1/batches/{batch_id}:cancel': 'same',
  '/v1/executions/{execution_id}:cancel': 'same',
  '/v1/experiments/{experiment_id}:cancel': 'same',
  '/v1/prompts/register-code': 'same',
  '/v1/prompts:retire': 'same',
  '/v1/prompts/{name}/versions/{version_number}:activate': 'same',
  // Applying an applied change returns the same answer.
  '/v1/changes/{change_id}:apply': 'same',
  // The first value counts.
  '/v1/outcomes': 'same',
  // A part replaces an earlier one with its number, and an execution has at most one item.
  '/v1/datasets/{name}/items:stage': 'same',
  '/v1/datasets/{name}/items:from-executions': 'same',
};

const PATTERNS: readonly (readonly [RegExp, Repeating])[] = Object.entries(REPEATABLE_POSTS)
  .filter(([route]) => route.includes('{'))
  .map(([route, repeating]) => [new RegExp(`^${route.replace(/\{\w+\}/g, '[^/:]+')}$`), repeating]);

/** @param path the path as sent, without a query. Values in it have their colons and slashes escaped. */
export function getRepeating(method: string, path: string): Repeating {
  // Other methods state the wanted result, so they can be repeated.
  if (method !== 'POST') return 'same';
  const known = Object.hasOwn(REPEATABLE_POSTS, path) ? REPEATABLE_POSTS[path] : undefined;
  return known ?? PATTERNS.find(([pattern]) => pattern.test(path))?.[1] ?? 'again';
}
