import { tokenCount } from './token-count.js';

/** The token counts of a call, with one meaning for all vendors. Null means that the vendor did not say; 0 never stands for it. */
export interface UsageCounts {
  /** The whole prompt, whether read from a cache, written to one, or neither. */
  readonly promptTokens: number | null;
  /** Everything that the model wrote, including its reasoning. */
  readonly responseTokens: number | null;
  /** Tokens of the prompt that the vendor read from its cache. */
  readonly cachedPromptTokens: number | null;
  /** Tokens of the response that are reasoning. */
  readonly reasoningTokens: number | null;
}

/** The counts as a vendor reports them, before it is known which include which. */
interface Told {
  readonly prompt: number | null;
  readonly response: number | null;
  readonly total: number | null;
  readonly reasoning: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  /** The vendor's documented meaning, used unless the total contradicts it. */
  readonly isCacheBeside: boolean;
  readonly isReasoningBeside: boolean;
}

type Shape = Readonly<Record<string, unknown>>;

/**
 * Tokens in a total that no count explains are reasoning that the vendor does not itemise, as with Gemini behind its OpenAI-compatible
 * address, and are billed as output. No answer has more than this many; beyond it the total is wrong.
 */
const MOST_UNEXPLAINED = 1_000_000;

/**
 * Reads the usage object of any vendor's answer according to the vendor's documentation: OpenAI's chat completions and responses and
 * compatible servers, Anthropic's messages, Gemini's contents. Vendors count cached and reasoning tokens inside or beside the totals. If
 * the object has a total, the sum that matches it decides.
 */
export function parseUsage(raw: unknown): UsageCounts {
  const usage = asRecord(raw);
  if (usage === null) return NOTHING;
  return toCounts(isGemini(usage) ? toldByGemini(usage) : toldByOthers(usage));
}

const NOTHING: UsageCounts = {
  promptTokens: null,
  responseTokens: null,
  cachedPromptTokens: null,
  reasoningTokens: null,
};

/** Whether usage contains anything that can be counted. */
export function isUsageKnown({ promptTokens, responseTokens }: UsageCounts): boolean {
  return promptTokens !== null || responseTokens !== null;
}

/**
 * Returns the usage of an answer or of a chunk of one. Groq's streams have it under `x_groq`, Moonshot's within the choice, and Gemini
 * under its own name.
 * @returns null when there is none.
 */
export function findUsage(answer: unknown): unknown {
  const shape = asRecord(answer) ?? {};
  const choices: unknown = shape['choices'];
  const places = [
    shape['usage'],
    shape['usageMetadata'],
    asRecord(shape['x_groq'])?.['usage'],
    asRecord(Array.isArray(choices) ? choices[0] : null)?.['usage'],
  ];
  return places.find((place) => asRecord(place) !== null) ?? null;
}

/** Only Gemini names its counts like this. */
const GEMINI_NAME = /TokenCount$|_token_count$/;

function isGemini(usage: Shape): boolean {
  return Object.keys(usage).some((name) => GEMINI_NAME.test(name));
}

/**
 * Gemini API reference, "UsageMetadata": `totalTokenCount` is the sum of prompt, candidates, tool use and thoughts; `promptTokenCount`
 * includes the cached content. Google's Python package writes the same in snake case.
 */
function toldByGemini(usage: Shape): Told {
  const count = (...names: string[]) =>
    pickLargest(names.flatMap((name) => [usage[name], usage[toSnakeCase(name)]]));
  const prompt = count('promptTokenCount');
  const toolUse = count('toolUsePromptTokenCount');
  const thoughts = count('thoughtsTokenCount');
  const answer = count('candidatesTokenCount', 'responseTokenCount');
  return {
    prompt: prompt === null ? null : prompt + (toolUse ?? 0),
    // Gemini omits a count of zero, so an answer of thoughts alone has no count of its own.
    response: answer ?? (thoughts === null || thoughts === 0 ? null : 0),
    total: count('totalTokenCount'),
    reasoning: thoughts,
    cacheRead: count('cachedContentTokenCount'),
    cacheWrite: null,
    isCacheBeside: false,
    isReasoningBeside: true,
  };
}

/**
 * Reads the names of OpenAI, the many compatible servers, and Anthropic, which overlap. Only Anthropic has two cache counts that its
 * `input_tokens` does not include (API reference, "Usage").
 */
function toldByOthers(usage: Shape): Told {
  const promptDetails =
    asRecord(usage['prompt_tokens_details']) ?? asRecord(usage['input_tokens_details']) ?? {};
  const responseDetails =
    asRecord(usage['completion_tokens_details']) ?? asRecord(usage['output_tokens_details']) ?? {};
  const cacheReadBeside = tokenCount(usage['cache_read_input_tokens']);
  const cacheWriteBeside = parseCacheWrite(usage);
  const isAnthropic = cacheReadBeside !== null || cacheWriteBeside !== null;
  const prompt = tokenCount(usage['prompt_tokens']);
  return {
    prompt: prompt ?? tokenCount(usage['input_tokens']),
    response: tokenCount(usage['completion_tokens']) ?? tokenCount(usage['output_tokens']),
    total: tokenCount(usage['total_tokens']),
    // Anthropic calls it thinking. Perplexity and some servers of open models put it next to the other counts.
    reasoning: pickLargest([
      responseDetails['reasoning_tokens'],
      responseDetails['thinking_tokens'],
      usage['reasoning_tokens'],
    ]),
    // In order: OpenAI; DeepSeek; Moonshot and Together; Mistral; Anthropic.
    cacheRead: pickLargest([
      promptDetails['cached_tokens'],
      usage['prompt_cache_hit_tokens'],
      usage['cached_tokens'],
      usage['num_cached_tokens'],
      cacheReadBeside,
    ]),
    cacheWrite: cacheWriteBeside,
    // Gateways that translate Anthropic's names to OpenAI's include the cache in `prompt_tokens`, as OpenAI does.
    isCacheBeside:
      isAnthropic && (prompt === null || (cacheReadBeside ?? 0) + (cacheWriteBeside ?? 0) > prompt),
    isReasoningBeside: false,
  };
}

/** Anthropic gives the sum, its parts by lifetime, or both. */
function parseCacheWrite(usage: Shape): number | null {
  const sum = tokenCount(usage['cache_creation_input_tokens']);
  const parts = asRecord(usage['cache_creation']);
  if (sum !== null || parts === null) return sum;
  const counts = Object.values(parts)
    .map(tokenCount)
    .filter((count) => count !== null);
  return counts.length === 0 ? null : counts.reduce((before, count) => before + count, 0);
}

/** A number that includes a part or has it beside it. */
interface Sum {
  readonly value: number;
  readonly isBeside: boolean;
}

function toCounts(told: Told): UsageCounts {
  const { prompt, response, total, cacheRead, cacheWrite, reasoning } = told;
  const cache = (cacheRead ?? 0) + (cacheWrite ?? 0);
  const prompts = listSums(prompt, cache, told.isCacheBeside);
  const responses = listSums(response, reasoning ?? 0, told.isReasoningBeside)
    // A count larger than the whole cannot be part of it, whatever the total says: Perplexity's total excludes reasoning.
    .filter(({ isBeside }) => isBeside || (reasoning ?? 0) <= (response ?? 0));
  const { prompt: allPrompt, response: allResponse } = matching(prompts, responses, total, reasoning ?? 0);
  const promptTokens = tokenCount(allPrompt);
  const responseTokens = tokenCount(allResponse);
  return {
    promptTokens,
    responseTokens,
    cachedPromptTokens: checkPart(cacheRead, promptTokens),
    reasoningTokens: checkPart(reasoning, responseTokens),
  };
}

/** Lists both readings of a number and a part of it, the documented one first. */
function listSums(whole: number | null, part: number, isBeside: boolean): Sum[] {
  if (whole === null) return [];
  const inside = { value: whole, isBeside: false };
  if (part === 0) return [inside];
  const beside = { value: whole + part, isBeside: true };
  return isBeside ? [beside, inside] : [inside, beside];
}

/** Returns the readings that add up to the total. Without such a pair or a total, returns the documented ones. */
function matching(
  prompts: readonly Sum[],
  responses: readonly Sum[],
  total: number | null,
  reasoning: number,
): { readonly prompt: number | null; readonly response: number | null } {
  const prompt = prompts[0]?.value ?? null;
  const response = responses[0]?.value ?? null;
  if (total === null || prompt === null || response === null) return { prompt, response };
  for (const one of prompts) {
    const other = responses.find(({ value }) => one.value + value === total);
    if (other !== undefined) return { prompt: one.value, response: other.value };
  }
  const unexplained = total - prompt - response;
  const isHidden = reasoning === 0 && unexplained > 0 && unexplained <= MOST_UNEXPLAINED;
  return { prompt, response: isHidden ? total - prompt : response };
}

/** Returns null for a part that is larger than its whole, because it is then not known either. */
function checkPart(part: number | null, whole: number | null): number | null {
  return part !== null && whole !== null && part > whole ? null : part;
}

/** Returns the largest count, because a vendor that reports one in two places may leave a zero in one of them. */
function pickLargest(values: readonly unknown[]): number | null {
  const counts = values.map(tokenCount).filter((count) => count !== null);
  return counts.length === 0 ? null : Math.max(...counts);
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function asRecord(value: unknown): Shape | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Shape) : null;
}
