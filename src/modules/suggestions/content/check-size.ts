import { type PromptContent, wireExtrasOf } from '../../../templating/index.js';
import { quotePlaces, type Suggestion, UNKNOWN_EFFECT } from '../suggestion.js';
import { blankMarkup, estimateTokens, listParts } from './parts.js';

/** Some eight pages: more than that is rarely read to the end, by models either. */
const LARGE_TOKENS = 3000;
const PADDING_SHARE = 0.05;
const PADDING_CHARS = 200;

/** Versions that are large, and those that are padded with space. */
export function checkSize(content: PromptContent): Suggestion[] {
  return [...findLarge(content), ...findPadding(content)];
}

function findLarge(content: PromptContent): Suggestion[] {
  const sizes = [
    ...listParts(content).map(({ pointer, source }) => ({
      pointer,
      characters: blankMarkup(source).trim().length,
    })),
    ...Object.entries(wireExtrasOf(content.extras) ?? {}).map(([key, value]) => ({
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

function findPadding(content: PromptContent): Suggestion[] {
  const parts = listParts(content);
  // In code and in tags space may mean something.
  if (parts.some(({ source }) => /```|~~~|\{%-?\s*raw/u.test(source))) return [];
  const before = parts.reduce((sum, { source }) => sum + source.length, 0);
  const packed = packContent(content);
  const saved = before - listParts(packed).reduce((sum, { source }) => sum + source.length, 0);
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

function packContent(content: PromptContent): PromptContent {
  const pack = (text: string) => text.replace(/[ \t]+$/gmu, '').replace(/\n{3,}/gu, '\n\n');
  if (content.kind === 'text') return { ...content, templateSource: pack(content.templateSource) };
  return { ...content, messages: content.messages.map((each) => ({ ...each, content: pack(each.content) })) };
}
