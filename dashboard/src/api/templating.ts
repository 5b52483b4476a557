// Only for the worker: Liquid's parser is large, and a large template takes longer than a frame.
import {
  type Content,
  pickExtras,
  pickRules,
  toContent,
  type WireContent,
} from '../../../sdk/src/prompts/content';
import { compileContent } from '../../../sdk/src/prompts/templating';
import { translatingErrors } from '../../../sdk/src/prompts/templating-errors';
import { listPins, type SnippetPin } from '../../../src/templating';

export type { SnippetPin };

/** A content as the service would compile it: the service runs the same code. */
export interface Compiled {
  readonly variables: readonly string[];
  readonly checksumHash: string;
  /** @throws PromptLedgerError `TEMPLATE_VARIABLES_MISSING`, or the service's other errors. */
  render(variables: Readonly<Record<string, unknown>>): Content;
}

/** @throws PromptLedgerError `TEMPLATE_INVALID`, also for a snippet that the template names and the content lacks. */
export function compile(content: WireContent): Compiled {
  const compiled = translatingErrors(() =>
    compileContent(toContent(content), { ...pickExtras(content), ...pickRules(content) }, null, undefined),
  );
  return { ...compiled, render: (variables) => translatingErrors(() => compiled.render(variables)) };
}

/**
 * Lists the versions of snippets that the templates name themselves, each once.
 * @returns null for a content without the tag, which needs no list of snippets.
 * @throws PromptLedgerError `TEMPLATE_INVALID`
 */
export function listSnippets(content: WireContent): readonly SnippetPin[] | null {
  const source = toContent(content);
  return translatingErrors(() =>
    listPins(
      typeof source === 'string'
        ? { kind: 'text', templateSource: source }
        : { kind: 'chat', messages: source },
    ),
  );
}
