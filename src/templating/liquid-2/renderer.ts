import { listTemplateParts } from '../content/content.js';
import type { PromptContent, TemplatePart } from '../content/content.js';
import { type PinnedSnippet, snippetKey } from '../content/snippet-pin.js';
import { TemplateInvalidError } from '../errors.js';
import type { Node } from '../liquid-1/nodes.js';
import { analyzeTemplate, type TemplateAnalysis } from '../liquid-1/parsing/analyze.js';
import { type MarkupQuota, parseTemplate } from '../liquid-1/parsing/parse-template.js';
import {
  assertNotTooLong,
  compileTemplates,
  locateProblems,
  type ParsedSnippets,
} from '../liquid-1/renderer.js';
import type { Renderer } from '../renderer.js';
import { pinsIn } from './list-pins.js';

/** The most snippets that a content uses, including those inside its snippets. */
const MAX_SNIPPETS = 1_000;
/** The nesting limit of snippets, which bounds the recursion of the renderer. */
const MAX_DEPTH = 10;

/**
 * `liquid-1` with one more tag, `{% render "snippet/tone@3", audience: who %}`. The content includes the texts of its snippets, so a
 * version always renders to the same text. Their characters and tags count as the content's own.
 */
export const liquid2: Renderer = {
  id: 'liquid-2',
  compile(content) {
    const pinned = content.extras?.snippets ?? [];
    const templates = listTemplateParts(content);
    if (pinned.length > MAX_SNIPPETS) refuse(templates, `more than ${MAX_SNIPPETS} snippets`);
    assertNotTooLong([...templates, ...pinned.map((snippet) => toPart(snippet, templates))]);
    const quota: MarkupQuota = { markups: 0, markupChars: 0 };
    return compileTemplates(content, quota, parseSnippets(pinned, templates, quota));
  },
};

function parseSnippets(
  pinned: readonly PinnedSnippet[],
  templates: readonly TemplatePart[],
  quota: MarkupQuota,
): ParsedSnippets {
  const nodes = new Map<string, readonly Node[]>();
  const parts = new Map<string, TemplatePart>();
  for (const snippet of pinned) {
    const key = toKey(snippet);
    const part = toPart(snippet, templates);
    parts.set(key, part);
    nodes.set(
      key,
      locateProblems(part, () => parseTemplate(part.source, quota, { hasSnippets: true })),
    );
  }
  const known = new Map<string, TemplateAnalysis>();
  const depths = new Map<string, number>();
  const analyze = (key: string, level: number): number => {
    const before = depths.get(key);
    if (before !== undefined) return before;
    const [own, part] = [nodes.get(key), parts.get(key)];
    if (own === undefined || part === undefined) return 0;
    // Also stops snippets that use each other, which versions created one after the other cannot do.
    const isTooDeep = level > MAX_DEPTH;
    const inside = isTooDeep ? [] : pinsIn(own).map((pin) => analyze(snippetKey(pin), level + 1));
    const depth = 1 + Math.max(0, ...inside);
    if (isTooDeep || depth > MAX_DEPTH)
      refuse(templates, `snippets inside of each other deeper than ${MAX_DEPTH}`);
    known.set(
      key,
      locateProblems(part, () => analyzeTemplate(own, known)),
    );
    depths.set(key, depth);
    return depth;
  };
  for (const key of nodes.keys()) analyze(key, 1);
  return { nodes, known };
}

function toKey({ name, version_number: versionNumber }: PinnedSnippet): string {
  return snippetKey({ name, versionNumber });
}

/** Reports a mistake in a snippet at the content that uses it, because the client did not send the snippet. */
function toPart(snippet: PinnedSnippet, [first]: readonly TemplatePart[]): TemplatePart {
  return { source: snippet.template_source, pointer: first?.pointer ?? '' };
}

function refuse([first]: readonly TemplatePart[], problem: string): never {
  throw new TemplateInvalidError(problem, first?.pointer ?? '', { line: 1, column: 1 });
}

/** Whether a content needs `liquid-2`. */
export function usesSnippets({ extras }: PromptContent): boolean {
  return extras?.snippets !== undefined;
}
