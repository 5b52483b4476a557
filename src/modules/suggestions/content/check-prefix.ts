import type { Steps } from '../../../kernel/index.js';
import type { PromptContent } from '../../../templating/index.js';
import { quotePlaces, type Suggestion, UNKNOWN_EFFECT } from '../suggestion.js';
import { estimateTokens, type Part, replacePart, toPlace } from './parts.js';

/** Names of values that differ with every request. */
const VOLATILE =
  /(?:^|[_-])(?:now|date|time|timestamp|datetime|today|uuid|nonce|session|random|clock)(?:[_-]|$)|(?:request|trace|session|correlation|message|execution)[_-]?id$/iu;
/** OpenAI caches from 1,024 tokens on, the other vendors from the same number or more. */
const CACHED_FROM_TOKENS = 1024;
/** Moving volatile text pays off from this size. With a conversation or tools, less is enough. */
const VOLATILE_FROM_TOKENS = 200;

/**
 * Finds volatile text before stable text. Vendors cache the beginning of a prompt, up to the first byte that differs, and charge a tenth to
 * a half for it.
 */
export function* checkPrefix(content: PromptContent, parts: readonly Part[]): Steps<Suggestion[]> {
  const first = findFirst(parts);
  if (first === null) return [];
  const { part, output } = first;
  const nth = parts.indexOf(part);
  let chars = countStable(part.prose.slice(output.end));
  for (const { prose } of parts.slice(nth + 1)) {
    chars += countStable(prose);
    yield;
  }
  const tokens = estimateTokens(chars);
  const isVolatile = VOLATILE.test(output.name.replace(/([a-z])([A-Z])/gu, '$1_$2'));
  if (tokens < (isVolatile ? VOLATILE_FROM_TOKENS : CACHED_FROM_TOKENS)) return [];
  return [
    {
      kind: 'volatile_before_stable',
      severity: 'warning',
      title: `"${output.name}" changes in front of about ${tokens} tokens that do not, so that no vendor can cache those.`,
      evidence: quotePlaces([toPlace(part, output.begin, output.end)], {
        variable: output.name,
        stable_tokens_behind: tokens,
        cached_from_tokens: CACHED_FROM_TOKENS,
      }),
      expectedEffect: UNKNOWN_EFFECT,
      patch: moveLine(content, part, output.begin),
    },
  ];
}

function findFirst(parts: readonly Part[]) {
  for (const part of parts) {
    const [output] = part.outputs;
    if (output !== undefined) return { part, output };
  }
  return null;
}

function countStable(text: string): number {
  return text.replace(/\s+/gu, ' ').trim().length;
}

/** Moves the line of the variable to the end of its message, if the line is at least a sentence and no tag spans it. */
function moveLine(content: PromptContent, { pointer, source }: Part, at: number): Suggestion['patch'] {
  const begin = source.lastIndexOf('\n', at) + 1;
  const newline = source.indexOf('\n', at);
  if (newline === -1 || source.includes('{%')) return null;
  const line = source.slice(begin, newline).trim();
  const previous = source.slice(0, begin).trimEnd();
  // A line introduced by the previous one must stay with it.
  if (!/[.!?:}]$/u.test(line) || /[:,<>]$/u.test(previous)) return null;
  const rest = source.slice(0, begin) + source.slice(newline + 1).replace(/^\n+/u, '');
  return { kind: 'content', content: replacePart(content, pointer, `${rest.trimEnd()}\n\n${line}`) };
}
