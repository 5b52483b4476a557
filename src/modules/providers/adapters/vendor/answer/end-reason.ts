/** The meaning of a vendor's word for the end of an answer. */
export interface EndReason {
  /** One of `stop`, `length`, `content_filter` and `tool_calls` where the word means the same, else the word. */
  readonly finishReason: string;
  /** See `ProviderEnd`. */
  readonly isUnfinished: boolean;
}

/** Keyed by the word in lower case, because vendors and gateways disagree about the case. */
const SAME_MEANING: Readonly<Record<string, string>> = {
  // OpenAI, and those like it; `eos` and the next three are those of Together and of Hugging Face's servers.
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  length: 'length',
  content_filter: 'content_filter',
  tool_calls: 'tool_calls',
  // OpenAI's word before there were tools.
  function_call: 'tool_calls',
  // Mistral
  model_length: 'length',
  // Anthropic
  end_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
  tool_use: 'tool_calls',
  // Gemini; `prohibited_content` and `blocklist` are also reasons to block a prompt, as the last two are.
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
 * Words that say something went wrong, whichever vendor's: Gemini's `MALFORMED_FUNCTION_CALL`, `UNEXPECTED_TOOL_CALL`,
 * `OTHER`, `NO_IMAGE` …, Anthropic's `pause_turn`, DeepSeek's `insufficient_system_resource`, vLLM's `abort`,
 * OpenRouter's `error`.
 */
const UNFINISHED =
  /error|fail|abort|cancel|malformed|unexpected|invalid|missing|too_many|no_image|other|language|pause|insufficient|resource|timeout|time_out|interrupt|incomplete|unavailable|overload|unknown/;

export interface Vocabulary {
  /**
   * Whether the vendor documents all of its words, and has so far added none for an answer that came to its end. Then an unknown word
   * means that the answer did not.
   */
  readonly isClosed: boolean;
}

/** Null for a word that says nothing. */
export function readEndReason(word: unknown, { isClosed }: Vocabulary): EndReason | null {
  if (typeof word !== 'string') return null;
  const known = word.trim().toLowerCase();
  if (NO_REASON.has(known)) return null;
  const same = Object.hasOwn(SAME_MEANING, known) ? SAME_MEANING[known] : undefined;
  if (same !== undefined) return { finishReason: same, isUnfinished: false };
  return { finishReason: word, isUnfinished: isClosed || UNFINISHED.test(known) };
}
