import type { Steps } from '../../../kernel/index.js';
import { type PromptContent, toWireExtras } from '../../../templating/index.js';
import { quotePlaces, type Suggestion, UNKNOWN_EFFECT } from '../suggestion.js';
import { estimateTokens, type Part } from './parts.js';

/** About eight pages. Longer texts are rarely read to the end, even by models. */
const LARGE_TOKENS = 3000;
const PADDING_SHARE = 0.05;
const PADDING_CHARS = 200;

/** Finds versions that are large, or padded with white space. */
export function* checkSize(content: PromptContent, parts: readonly Part[]): Steps<Suggestion[]> {
  const large = findLarge(content, parts);
  yield;
  return [...large, ...findPadding(content, parts)];
}

function findLarge(content: PromptContent, parts: readonly Part[]): Suggestion[] {
  const sizes = [
    ...parts.map(({ pointer, prose }) => ({ pointer, characters: prose.trim().length })),
    ...Object.entries(toWireExtras(content.extras) ?? {}).map(([key, value]) => ({
      pointer: `/${key}`,
      characters: JSON.stringify(value).length,
    })),
  ];
  const tokens = estimateTokens(sizes.reduce((sum, { characters }) => sum + characters, 0));
  if (tokens < LARGE_TOKENS) return [];
  const largest = [...sizes].sort((a, b) => b.characters - a.characters).slice(0, 3);
  return [
    {
      kind: 'size',
      severity: 'warning',
      title: `The version alone has about ${tokens} tokens, which every request pays for.`,
      evidence: quotePlaces([], {
        tokens,
        largest: largest.map(({ pointer, characters }) => `${pointer}: ${estimateTokens(characters)} tokens`),
      }),
      expectedEffect: UNKNOWN_EFFECT,
      patch: null,
    },
  ];
}

function findPadding(content: PromptContent, parts: readonly Part[]): Suggestion[] {
  // White space may be significant in code and in tags.
  if (parts.some(({ source }) => /```|~~~|\{%-?\s*raw/u.test(source))) return [];
  const before = parts.reduce((sum, { source }) => sum + source.length, 0);
  const packed = packContent(content);
  const saved = before - countChars(packed);
  if (saved < PADDING_CHARS || saved < PADDING_SHARE * before) return [];
  return [
    {
      kind: 'size',
      severity: 'info',
      title: `${saved} characters are blank lines and space at the end of lines.`,
      evidence: quotePlaces([], { characters: saved, of_characters: before }),
      expectedEffect: { ...UNKNOWN_EFFECT, tokens: -estimateTokens(saved) },
      patch: { kind: 'content', content: packed },
    },
  ];
}

function countChars(content: PromptContent): number {
  if (content.kind === 'text') return content.templateSource.length;
  return content.messages.reduce((sum, { content: text }) => sum + text.length, 0);
}

/** Matches each run of white space only from its beginning. */
const TRAILING_SPACE = /(?<![ \t])[ \t]+$/gmu;

function packContent(content: PromptContent): PromptContent {
  const pack = (text: string) => text.replace(TRAILING_SPACE, '').replace(/\n{3,}/gu, '\n\n');
  if (content.kind === 'text') return { ...content, templateSource: pack(content.templateSource) };
  return { ...content, messages: content.messages.map((each) => ({ ...each, content: pack(each.content) })) };
}
