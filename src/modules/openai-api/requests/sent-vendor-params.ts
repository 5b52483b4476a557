import type { ChatCompletionRequestDto } from './chat-completion-request.dto.js';
import { UNIT_KEY_MEMBER } from './read-unit-key.js';

/** Members of a request that are passed on under their own names to providers that have a field for them. */
const OF_A_REQUEST = [
  'user',
  'metadata',
  'store',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'reasoning_effort',
  'verbosity',
  'service_tier',
  'parallel_tool_calls',
] as const;
const OF_A_MESSAGE = ['name', 'reasoning_content', 'reasoning', 'reasoning_details', 'annotations'];
const OBFUSCATION = 'stream_options.include_obfuscation';

/** @returns null when there are none. */
export function toVendorParams(body: ChatCompletionRequestDto): Readonly<Record<string, unknown>> | null {
  const params: Record<string, unknown> = {};
  for (const name of OF_A_REQUEST) {
    const value = name === 'metadata' ? withoutUnitKey(body.metadata) : body[name];
    if (saysSomething(value)) params[name] = value;
  }
  // The member is about tools, and a vendor refuses it without any.
  if (!saysSomething(body.tools)) delete params['parallel_tool_calls'];
  const obfuscation = body.stream_options?.include_obfuscation ?? null;
  if (obfuscation !== null) params['stream_options'] = { include_obfuscation: obfuscation };
  return Object.keys(params).length === 0 ? null : params;
}

/** Removes the unit key, which is meant for the ledger. */
function withoutUnitKey(metadata: ChatCompletionRequestDto['metadata']): unknown {
  if (metadata == null || !Object.hasOwn(metadata, UNIT_KEY_MEMBER)) return metadata;
  const { [UNIT_KEY_MEMBER]: _key, ...rest } = metadata;
  return rest;
}

/**
 * Lists the names of vendor params in a body and its messages, in the order in which they appear.
 * @param body the unmodified body, because a DTO has its members in another order.
 */
export function listVendorParams(body: unknown): string[] {
  const names = new Set<string>();
  for (const [member, value] of listMembers(body)) {
    if (member === 'messages') addMessageMembers(value, names);
    else if (member === 'stream_options') {
      if (listMembers(value).some(([name, it]) => name === 'include_obfuscation' && it !== null)) {
        names.add(OBFUSCATION);
      }
    } else if (isNamed(OF_A_REQUEST, member) && saysSomething(sentValue(member, value))) names.add(member);
  }
  return [...names];
}

function sentValue(member: string, value: unknown): unknown {
  return member === 'metadata' && isObject(value) ? withoutUnitKey(value) : value;
}

function addMessageMembers(messages: unknown, names: Set<string>): void {
  if (!Array.isArray(messages)) return;
  for (const message of messages) {
    for (const [name, value] of listMembers(message)) {
      if (isNamed(OF_A_MESSAGE, name) && saysSomething(value)) names.add(name);
    }
  }
}

function listMembers(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNamed(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

/** Whether a value is present and has any content; null members count as none. */
function saysSomething(value: unknown): boolean {
  if (typeof value !== 'object') return value !== undefined;
  if (value === null) return false;
  return Object.values(value).some((member) => member !== null);
}
