import type { Steps } from '../../../kernel/index.js';
import type { JsonSchema, PromptContent } from '../../../templating/index.js';
import { quotePlaces, type Suggestion, UNKNOWN_EFFECT } from '../suggestion.js';
import { matchInSteps, type Part, toPlace } from './parts.js';

const VERB = String.raw`(?:respond|reply|answer|return|output|produce|give|write|format|emit|generate|provide)`;
/** Matches an instruction to answer in this format, within one sentence. */
const ASKS_JSON = new RegExp(String.raw`\b${VERB}\w*\b[^.!?\n]{0,80}?\bJSON\b[^.!?\n]{0,40}`, 'giu');
const ASKS_OTHER = new RegExp(
  String.raw`\b${VERB}\w*\b[^.!?\n]{0,60}?\b(?:in|as|with|using)\b[^.!?\n]{0,20}?\b(markdown|plain text|plain prose|prose|XML|YAML|CSV|HTML|a (?:bulleted|bullet|numbered) list|bullet points|a single word|one word)\b`,
  'giu',
);
const DENIES = /\b(?:not|never|no|don['’]t|without|instead of)\b/iu;
const KEYS = /["“]([A-Za-z_]\w*)["”]\s*:/gu;
/** How far before the match its sentence may begin. */
const CHARS_BEFORE = 80;
/** Names listed in the evidence. */
const MOST_KEYS = 50;
/** How far after the match its example may end. */
const EXAMPLE_CHARS = 600;

/** Checks whether the text and `response_format` ask for the same format. */
export function* checkResponseFormat(content: PromptContent, allParts: readonly Part[]): Steps<Suggestion[]> {
  const parts = allParts.filter(({ role }) => role !== 'assistant');
  const format = content.extras?.responseFormat;
  const json = yield* findOrder(parts, ASKS_JSON);
  if (format === undefined) return json === null ? [] : [suggestFormat(content, json)];
  const other = yield* findOrder(parts, ASKS_OTHER);
  return [
    ...(other === null ? [] : [contradiction(other, format.type)]),
    ...(format.type === 'json_object' && !parts.some(({ source }) => /json/iu.test(source))
      ? [noWord()]
      : []),
    ...(format.type === 'json_schema' && json !== null
      ? findStrangeKeys(json, format.json_schema.schema)
      : []),
  ];
}

interface Order {
  readonly part: Part;
  readonly begin: number;
  readonly end: number;
  /** The requested format, if the pattern captures one. */
  readonly form: string;
}

function* findOrder(parts: readonly Part[], pattern: RegExp): Steps<Order | null> {
  for (const part of parts) {
    const text = part.prose;
    for (const { match: found, index } of yield* matchInSteps(text, pattern)) {
      const [match, form = 'JSON'] = found;
      const sentence = /[^.!?\n]*$/u.exec(text.slice(Math.max(0, index - CHARS_BEFORE), index))?.[0] ?? '';
      if (DENIES.test(sentence + match)) continue;
      return { part, begin: index, end: index + match.trimEnd().length, form };
    }
  }
  return null;
}

function suggestFormat(content: PromptContent, order: Order): Suggestion {
  const text = order.part.source.slice(order.begin, order.end);
  const isObject = !/\b(?:array|list|lines)\b/iu.test(text);
  const { extras = {} } = content;
  return {
    kind: 'response_format',
    severity: 'warning',
    title: 'The text asks for JSON, but no response_format enforces it.',
    evidence: quotePlaces([toPlace(order.part, order.begin, order.end)]),
    expectedEffect: UNKNOWN_EFFECT,
    // Without a schema only a JSON object can be requested, and with tools the answer may be a call.
    patch:
      isObject && extras.tools === undefined
        ? {
            kind: 'content',
            content: { ...content, extras: { ...extras, responseFormat: { type: 'json_object' } } },
          }
        : null,
  };
}

function contradiction(order: Order, type: string): Suggestion {
  return {
    kind: 'response_format',
    severity: 'error',
    title: `The text asks for ${order.form}, and response_format allows only JSON.`,
    evidence: quotePlaces([toPlace(order.part, order.begin, order.end)], { response_format: type }),
    expectedEffect: UNKNOWN_EFFECT,
    patch: null,
  };
}

function noWord(): Suggestion {
  return {
    kind: 'response_format',
    severity: 'error',
    title: 'OpenAI refuses response_format json_object when no message contains the word JSON.',
    evidence: quotePlaces([], { response_format: 'json_object' }),
    expectedEffect: UNKNOWN_EFFECT,
    patch: null,
  };
}

/** Finds keys of an example after the instruction that the schema lacks. */
function findStrangeKeys({ part, begin, end }: Order, schema: JsonSchema): Suggestion[] {
  const known = listProperties(schema);
  const example = part.prose.slice(begin, end + EXAMPLE_CHARS);
  const strange = Array.from(example.matchAll(KEYS)).filter(({ 1: key = '' }) => !known.has(key));
  if (strange.length === 0 || known.size === 0) return [];
  const names = [...new Set(strange.map(({ 1: key = '' }) => key))];
  return [
    {
      kind: 'response_format',
      severity: 'error',
      title: `The text asks for ${names.map((key) => `"${key}"`).join(', ')}, which the schema does not have.`,
      evidence: quotePlaces(
        strange.map(({ 0: text, index }) => toPlace(part, begin + index, begin + index + text.length)),
        { keys: names, schema_keys: [...known].slice(0, MOST_KEYS) },
      ),
      expectedEffect: UNKNOWN_EFFECT,
      patch: null,
    },
  ];
}

function listProperties(schema: unknown, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found;
  for (const [key, value] of Object.entries<unknown>(schema as Readonly<Record<string, unknown>>)) {
    if (key === 'properties' && typeof value === 'object' && value !== null) {
      for (const name of Object.keys(value)) found.add(name);
    }
    listProperties(value, found);
  }
  return found;
}
