import type { ProviderRequest, ProviderToolChoice } from '../../provider.contract.js';

/** The behaviour of an echo model, read from its name. */
export interface EchoModel {
  readonly delayMs?: number;
  readonly pieceDelayMs?: number;
  readonly failStatus?: number;
  readonly longBytes?: number;
  readonly hangs?: boolean;
}

/** An echo answer, not yet split into pieces. */
export interface EchoAnswer {
  /** The tool to call; null for a text. */
  readonly toolName: string | null;
  /** The text, or the arguments of the tool call. */
  readonly text: string;
  /** Whether `max_new_tokens` cut it off. */
  readonly cut: boolean;
}

type Asked = Pick<ProviderRequest, 'messages' | 'params' | 'tools' | 'responseFormat'>;

/** 64 bytes of ASCII, so that it fills any number of KiB exactly. */
const LONG_LINE = 'All work and no play makes the echo a very dull boy, said Jack.\n';

/** Parses `echo`, `echo-hang`, `echo-slow-<n>ms`, `echo-stream-<n>ms`, `echo-fail-<status>`, `echo-long-<n>k`; null for any other name. */
export function parseModel(name: string): EchoModel | null {
  if (name === 'echo') return {};
  if (name === 'echo-hang') return { hangs: true };
  const [, behaviour, digits, unit] = /^echo-(slow|stream|fail|long)-(\d{1,7})(ms|k)?$/.exec(name) ?? [];
  const value = Number(digits);
  if (behaviour === 'slow' && unit === 'ms') return { delayMs: value };
  if (behaviour === 'stream' && unit === 'ms') return { pieceDelayMs: value };
  if (behaviour === 'long' && unit === 'k') return { longBytes: value * 1024 };
  if (behaviour === 'fail' && unit === undefined && value >= 400 && value <= 599) {
    return { failStatus: value };
  }
  return null;
}

/** Returns the answer of a model; null when the choice names a tool that the request lacks. */
export function makeAnswer(
  model: EchoModel,
  asked: Asked,
  choice: ProviderToolChoice | undefined,
): EchoAnswer | null {
  const toolName = calledTool(asked.tools, choice);
  if (toolName === undefined) return null;
  const whole = toolName === null ? makeText(model, asked) : echoJson(asked);
  const text = firstWords(whole, asked.params.max_new_tokens);
  return { toolName, text, cut: text.length < whole.length };
}

/** Counts the words of the longer answer that a model may give, text or tool call, whatever the tool choice. */
export function mostWords(model: EchoModel, asked: Asked): number {
  const text = countWords(makeText(model, asked));
  const call = asked.tools === undefined || asked.tools.length === 0 ? 0 : countWords(echoJson(asked));
  return Math.min(Math.max(text, call), asked.params.max_new_tokens ?? Infinity);
}

export function promptWords(messages: ProviderRequest['messages']): number {
  return messages.reduce((sum, message) => sum + countWords(message.content), 0);
}

/** A token is a word here: countable by hand, and the same on every machine. */
export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** Returns null when no tool must be called, undefined when the tool to call does not exist. */
function calledTool(
  tools: ProviderRequest['tools'] = [],
  choice: ProviderToolChoice | undefined,
): string | null | undefined {
  if (choice === undefined || choice === 'auto' || choice === 'none') return null;
  return (choice === 'required' ? tools[0] : tools.find(({ name }) => name === choice.name))?.name;
}

function makeText({ longBytes }: EchoModel, asked: Asked): string {
  if (longBytes !== undefined) return LONG_LINE.repeat(longBytes / LONG_LINE.length);
  return asked.responseFormat === undefined ? transcript(asked.messages) : echoJson(asked);
}

/** Returns a single message exactly as it is, and a longer chat with each message under its role. */
function transcript(messages: ProviderRequest['messages']): string {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined) return only.content;
  return messages.map((message) => `${message.role}: ${message.content}`).join('\n');
}

function echoJson({ messages }: Asked): string {
  return JSON.stringify({ echo: messages.findLast(({ role }) => role === 'user')?.content ?? '' });
}

/** Cuts the text after the last word allowed. A shorter text stays as it is. */
function firstWords(text: string, most: number | undefined): string {
  if (most === undefined) return text;
  let words = 0;
  for (const word of text.matchAll(/\S+/g)) {
    if (words === most) return text.slice(0, word.index).trimEnd();
    words += 1;
  }
  return text;
}
