import { ProviderError, type ProviderRequest, type ProviderToolCall } from '../provider.contract.js';
import type { Json } from './vendor-json.js';

/** JSON Schema of the arguments of a tool that takes none. */
export const NO_PARAMETERS = { type: 'object', properties: {} } as const;

/**
 * The arguments of a call that is sent back to a vendor who wants them as an object. An empty text is none.
 * @throws ProviderError `provider_rejected`, as the vendor would say of what cannot even be sent.
 */
export function argumentsOf(call: ProviderToolCall): Json {
  const value = call.arguments.trim() === '' ? {} : objectOrNull(call.arguments);
  if (value !== null) return value;
  throw new ProviderError(
    'provider_rejected',
    'The request could not be sent: the arguments of a tool call are no JSON object.',
  );
}

/** Null for a text that is no JSON object. */
export function objectOrNull(json: string): Json | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

/** All of the prompt that an error message must not quote. */
export function textsOf({ messages }: ProviderRequest): string[] {
  return messages.flatMap(({ content, toolCalls = [] }) => [
    content,
    ...toolCalls.map((call) => call.arguments),
  ]);
}
