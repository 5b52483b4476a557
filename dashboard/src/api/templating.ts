// Loaded when it is first needed: Liquid's parser is as large as the rest of the app.
import { contentOf, type Content, extrasOf, type WireContent } from '../../../sdk/src/prompts/content';
import { parseJson } from '../../../sdk/src/core/wire/answers';
import { compileContent } from '../../../sdk/src/prompts/templating';
import { translatingErrors } from '../../../sdk/src/prompts/templating-errors';

/** A content as the service would take it: the same code compiles and renders there. */
export interface Compiled {
  readonly variables: readonly string[];
  readonly checksumHash: string;
  /** @throws PromptLedgerError `TEMPLATE_VARIABLES_MISSING`, or what else the service would answer. */
  render(variables: Readonly<Record<string, unknown>>): Content;
}

/** @throws PromptLedgerError `TEMPLATE_INVALID` */
export function compile(content: WireContent): Compiled {
  const compiled = translatingErrors(() =>
    compileContent(contentOf(content), extrasOf(content), null, undefined),
  );
  return { ...compiled, render: (variables) => translatingErrors(() => compiled.render(variables)) };
}

/** An object of JSON whose numbers keep their digits. @returns null for anything else. */
export function parseVariables(text: string): Readonly<Record<string, unknown>> | null {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
