export interface CatalogueModel {
  readonly provider: string;
  readonly modelName: string;
  /** The most tokens of one answer, as the vendor publishes it; null where it does not. */
  readonly maxTokens: number | null;
}

function openai(maxTokens: number | null, ...modelNames: string[]): CatalogueModel[] {
  return modelNames.map((modelName) => ({ provider: 'openai', modelName, maxTokens }));
}

function echo(...modelNames: string[]): CatalogueModel[] {
  return modelNames.map((modelName) => ({ provider: 'echo', modelName, maxTokens: null }));
}

/**
 * What `npm run seed:models` allows. The names of OpenAI's chat models are those that its package of November 2026
 * lists (snapshots and retired ones left out); the limits stand on the vendor's model pages, and where none is known
 * for certain there is none.
 */
export const MODEL_CATALOGUE: readonly CatalogueModel[] = [
  ...openai(16_384, 'gpt-4o', 'gpt-4o-mini'),
  ...openai(4096, 'gpt-4-turbo', 'gpt-3.5-turbo'),
  ...openai(8192, 'gpt-4'),
  ...openai(32_768, 'gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano'),
  ...openai(100_000, 'o1', 'o3', 'o3-mini', 'o4-mini'),
  ...openai(128_000, 'gpt-5', 'gpt-5-mini', 'gpt-5-nano', 'gpt-5.1', 'gpt-5.2'),
  ...openai(null, 'gpt-5.4', 'gpt-5.4-mini', 'gpt-5.4-nano', 'gpt-5.6-sol', 'gpt-5.6-terra', 'gpt-5.6-luna'),
  ...echo('echo', 'echo-slow-200ms', 'echo-slow-2000ms', 'echo-fail-429', 'echo-fail-500', 'echo-long-64k'),
];
