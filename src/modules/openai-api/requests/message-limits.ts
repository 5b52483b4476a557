/** The same limit as OpenAI's. */
export const MAX_MESSAGES = 2_048;
/** The most parts in one message. */
export const MAX_PARTS = 1_000;
export const MAX_TOOL_CALLS = 128;
