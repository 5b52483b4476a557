/** The meaning of a vendor's word for the end of an answer. */
export interface EndReason {
  /** One of `stop`, `length`, `content_filter` and `tool_calls` if the vendor's word means the same, else that word. */
  readonly finishReason: string;
  /** See `ProviderEnd`. */
  readonly isUnfinished: boolean;
}

/** Keyed by the word in lower case, because vendors and gateways disagree about the case. */
const SAME_MEANING: Readonly<Record<string, string>> = {
  // OpenAI and compatible servers. `eos` and the next three come from Together and Hugging Face.
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  length: 'length',
  content_filter: 'content_filter',
  tool_calls: 'tool_calls',
  // OpenAI's word before it had tools.
  function_call: 'tool_calls',
  // Mistral
  model_length: 'length',
  // Anthropic
  end_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
  tool_use: 'tool_calls',
  // Gemini. `prohibited_content`, `blocklist` and the last two also block prompts.
  continuation: 'length',
  safety: 'content_filter',
  recitation: 'content_filter',
  blocklist: 'content_filter',
  prohibited_content: 'content_filter',
  spii: 'content_filter',
  image_safety: 'content_filter',
  image_prohibited_content: 'content_filter',
  image_recitation: 'content_filter',
  model_armor: 'content_filter',
  jailbreak: 'content_filter',
};

/** Some servers fill the field before there is a reason. */
const NO_REASON = new Set(['', 'null', 'none', 'finish_reason_unspecified']);

/**
 * Words of any vendor for something that went wrong: Gemini's `MALFORMED_FUNCTION_CALL`, `UNEXPECTED_TOOL_CALL`, `OTHER`, `NO_IMAGE` …,
 * Anthropic's `pause_turn`, DeepSeek's `insufficient_system_resource`, vLLM's `abort`, OpenRouter's `error`.
 */
const UNFINISHED =
  /error|fail|abort|cancel|malformed|unexpected|invalid|missing|too_many|no_image|other|language|pause|insufficient|resource|timeout|time_out|interrupt|incomplete|unavailable|overload|unknown/;

export interface Vocabulary {
  /**
   * Whether the vendor documents all of its words, and has so far added none for a finished answer. If so, an unknown word means that the
   * answer is unfinished.
   */
  readonly isClosed: boolean;
}

/** Returns null for a word without meaning. */
export function readEndReason(word: unknown, { isClosed }: Vocabulary): EndReason | null {
  if (typeof word !== 'string') return null;
  const known = word.trim().toLowerCase();
  if (NO_REASON.has(known)) return null;
  const same = Object.hasOwn(SAME_MEANING, known) ? SAME_MEANING[known] : undefined;
  if (same !== undefined) return { finishReason: same, isUnfinished: false };
  return { finishReason: word, isUnfinished: isClosed || UNFINISHED.test(known) };
}
