import { JsonSource, keepText, keptText, parseExact } from '../../../../kernel/index.js';
import { ProviderError, type ProviderRequest, type ProviderToolCall } from '../../provider.contract.js';
import type { Json } from './answer/vendor-json.js';

/** JSON Schema of the arguments of a tool that takes none. */
export const NO_PARAMETERS = { type: 'object', properties: {} } as const;

/**
 * Parses the arguments of a call sent back to a vendor that takes an object. An empty string means no arguments.
 * @throws ProviderError `provider_rejected`, as the vendor would refuse what cannot even be sent.
 */
export function parseArguments(call: ProviderToolCall): Json {
  const value = call.arguments.trim() === '' ? {} : objectOrNull(call.arguments);
  if (value !== null) return value;
  throw new ProviderError(
    'provider_rejected',
    'The request could not be sent: the arguments of a tool call are not a JSON object.',
  );
}

/** Returns null unless the text is a JSON object. The object remembers its text, so that it is sent as the model wrote it. */
export function objectOrNull(json: string): Json | null {
  try {
    const value: unknown = JSON.parse(json);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? keepText(value as Json, json) : null;
  } catch {
    return null;
  }
}

/** Adds the type that the vendor requires to a schema, and leaves the rest as sent. */
export function toObjectSchema(schema: Readonly<Json>): Json & { readonly type: 'object' } {
  const typed = { ...schema, type: 'object' as const };
  const kept = keptText(schema);
  if (kept === null) return typed;
  if (schema['type'] === 'object') return keepText(typed, kept);
  const source = new JsonSource(kept);
  const keys = [...(parseExact(kept) as ReadonlyMap<string, unknown>).keys(), 'type'];
  const members = [...new Set(keys)].map((key) => {
    return `${JSON.stringify(key)}:${key === 'type' ? '"object"' : (source.find([key]) ?? 'null')}`;
  });
  return keepText(typed, `{${members.join(',')}}`);
}

/** Lists all texts of the prompt, which an error message must not quote. */
export function listTexts({ messages }: ProviderRequest): string[] {
  return messages.flatMap(({ content, toolCalls = [] }) => [
    content,
    ...toolCalls.map((call) => call.arguments),
  ]);
}
