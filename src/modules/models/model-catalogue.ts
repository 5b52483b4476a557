export interface CatalogueModel {
  readonly provider: string;
  readonly modelName: string;
  /** The maximum tokens of one answer, as the vendor publishes it; null if it does not. */
  readonly maxTokens: number | null;
}

type Vendor = (maxTokens: number | null, ...modelNames: string[]) => CatalogueModel[];

const vendor =
  (provider: string): Vendor =>
  (maxTokens, ...modelNames) =>
    modelNames.map((modelName) => ({ provider, modelName, maxTokens }));

const openai = vendor('openai');
const anthropic = vendor('anthropic');
const google = vendor('google');
const echo = vendor('echo');

/**
 * The models that `npm run seed:models` allows, as of November 2026, without snapshots and retired models. The names come from OpenAI's and
 * Anthropic's packages, and from Google's page "Gemini models". The limits come from the vendors' model pages, and are left out if
 * uncertain. Models of Azure or of OPENAI_COMPATIBLE are known only to the operator.
 */
export const MODEL_CATALOGUE: readonly CatalogueModel[] = [
  ...openai(16_384, 'gpt-4o', 'gpt-4o-mini'),
  ...openai(4096, 'gpt-4-turbo', 'gpt-3.5-turbo'),
  ...openai(8192, 'gpt-4'),
  ...openai(32_768, 'gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano'),
  ...openai(100_000, 'o1', 'o3', 'o3-mini', 'o4-mini'),
  ...openai(128_000, 'gpt-5', 'gpt-5-mini', 'gpt-5-nano', 'gpt-5.1', 'gpt-5.2'),
  ...openai(null, 'gpt-5.4', 'gpt-5.4-mini', 'gpt-5.4-nano', 'gpt-5.6-sol', 'gpt-5.6-terra', 'gpt-5.6-luna'),
  ...anthropic(128_000, 'claude-fable-5-1', 'claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'),
  ...anthropic(128_000, 'claude-opus-5', 'claude-sonnet-5', 'claude-opus-4-8', 'claude-sonnet-4-6'),
  ...anthropic(64_000, 'claude-haiku-4-5'),
  ...google(65_536, 'gemini-3.8-flash', 'gemini-3.7-flash', 'gemini-3.5-flash'),
  ...google(65_536, 'gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-2.5-flash-lite'),
  ...echo(
    null,
    'echo',
    'echo-slow-200ms',
    'echo-slow-2000ms',
    'echo-stream-50ms',
    'echo-fail-429',
    'echo-fail-500',
    'echo-long-64k',
  ),
];
