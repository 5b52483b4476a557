import { type PromptContent, listTemplateParts } from '../content/content.js';
import { type SnippetPin, snippetKey } from '../content/snippet-pin.js';
import type { Node } from '../liquid-1/nodes.js';
import { parseTemplate } from '../liquid-1/parsing/parse-template.js';
import { assertNotTooLong, locateProblems } from '../liquid-1/renderer.js';

/** The tag can only be written this way, so most templates are recognised without parsing. */
const TAG = 'render';

/**
 * Lists the snippets that a content's templates name, each once.
 * @returns null for a content without the tag, which `liquid-1` renders.
 * @throws TemplateInvalidError 422 `TEMPLATE_INVALID` for a template that contains the word and does not parse.
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

/** Lists the snippets that nodes name, with duplicates. */
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
