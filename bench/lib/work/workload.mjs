/** The prompt of every scenario. It is short, because a long one would measure the bytes and not the work. */
export const PROMPT_NAME = 'bench/summarize';
const TEMPLATE = 'Summarize the following text in one sentence.\n\n{{text}}';
const TEXT =
  'A reader should know after one look where a line belongs, and a request should walk through the house in one ' +
  'direction. This is a plan and not a fence: where the code shows a better room, the wall is moved, and the ' +
  'document says why. '.repeat(2);
const MODEL = { provider: 'openai', model_name: 'gpt-4o-mini' };
const MAX_TOKENS = 200;

export const PROMPT_PATH = `/v1/prompts/${encodeURIComponent(PROMPT_NAME)}`;

/** @param {import('../servers/ledger.mjs').Ledger} ledger @param {string} [suffix] makes it another version. */
export function putPrompt(ledger, suffix = '') {
  return ledger.call('PUT', PROMPT_PATH, { template_source: TEMPLATE + suffix, set_active: true });
}

/** @param {string} label stored as the correlation id, by which the answered executions are counted at the end. */
export function executionBody(label) {
  return {
    prompt_name: PROMPT_NAME,
    environment: 'bench',
    variables: { text: TEXT },
    model: MODEL,
    params: { max_new_tokens: MAX_TOKENS, temperature: 0.2 },
    correlation_id: label,
  };
}

/** Returns the request that the service sends to the provider. The peers send the same themselves. */
export function completionBody(isStreamed) {
  return {
    model: MODEL.model_name,
    messages: [{ role: 'user', content: TEMPLATE.replace('{{text}}', TEXT) }],
    ...(isStreamed ? { stream: true, stream_options: { include_usage: true } } : {}),
    max_tokens: MAX_TOKENS,
    temperature: 0.2,
  };
}
