import { type PromptContent, listTemplateParts } from '../content/content.js';
import { type SnippetPin, snippetKey } from '../content/snippet-pin.js';
import type { Node } from '../liquid-1/nodes.js';
import { parseTemplate } from '../liquid-1/parsing/parse-template.js';
import { assertNotTooLong, locateProblems } from '../liquid-1/renderer.js';

/** The tag cannot be written in another way. Most templates are told by that, without being parsed. */
const TAG = 'render';

/**
 * The snippets that the templates of a content name, each once.
 * @returns null for a content without the tag, which is one of `liquid-1`.
 * @throws TemplateInvalidError 422 `TEMPLATE_INVALID` for a template with the word that does not parse.
 */
export function listPins(content: PromptContent): readonly SnippetPin[] | null {
  const parts = listTemplateParts(content);
  if (!parts.some(({ source }) => source.includes(TAG))) return null;
  assertNotTooLong(parts);
  const quota = { markups: 0, markupChars: 0 };
  const pins = parts.flatMap((part) =>
    locateProblems(part, () => pinsIn(parseTemplate(part.source, quota, { hasSnippets: true }))),
  );
  const distinct = new Map(pins.map((pin) => [snippetKey(pin), pin]));
  return distinct.size === 0 ? null : [...distinct.values()];
}

/** The snippets that nodes name, as often as they do. */
export function pinsIn(nodes: readonly Node[]): readonly SnippetPin[] {
  return nodes.flatMap((node) => {
    switch (node.kind) {
      case 'render':
        return [node.pin];
      case 'capture':
        return pinsIn(node.body);
      case 'if':
        return [...node.branches.flatMap(({ body }) => pinsIn(body)), ...pinsIn(node.otherwise)];
      case 'case':
        return [...node.branches.flatMap(({ body }) => pinsIn(body)), ...pinsIn(node.otherwise)];
      case 'for':
        return [...pinsIn(node.body), ...pinsIn(node.otherwise)];
      default:
        return [];
    }
  });
}
