import type { SentMessage } from '../../../entities/index.js';
import type { SentPrompt } from '../facts/sent-prompt.js';
import type { ValueMask } from './value-mask.js';

/**
 * The real content of an execution whose record is masked, for the worker. Stored only in the row in flight, and deleted with
 * that row when the execution is final.
 */
export interface QueuedContent {
  /** The rendering of a text prompt; null for a chat prompt. */
  readonly rendered_prompt: string | null;
  readonly rendered_messages: readonly SentMessage[] | null;
  /** The masked values to look for in the answer. */
  readonly values: readonly string[];
}

export function toQueuedContent(sent: SentPrompt, { sources: values }: ValueMask): QueuedContent {
  return sent.kind === 'text'
    ? { rendered_prompt: sent.text, rendered_messages: null, values }
    : { rendered_prompt: null, rendered_messages: sent.messages, values };
}
