// Only for the worker: Liquid's parser is large, and a large template takes longer than a frame.
import { toContent, type Content, pickExtras, type WireContent } from '../../../sdk/src/prompts/content';
import { compileContent } from '../../../sdk/src/prompts/templating';
import { translatingErrors } from '../../../sdk/src/prompts/templating-errors';

/** A content as the service would compile it: the service runs the same code. */
export interface Compiled {
  readonly variables: readonly string[];
  readonly checksumHash: string;
  /** @throws PromptLedgerError `TEMPLATE_VARIABLES_MISSING`, or the service's other errors. */
  render(variables: Readonly<Record<string, unknown>>): Content;
}

/** The checksum includes the schema. It excludes the pinned snippets, which the service finds in the text. */
const pickSchema = ({ variables_schema: schema }: WireContent) =>
  schema === undefined ? {} : { variables_schema: schema };

/** @throws PromptLedgerError `TEMPLATE_INVALID` */
export function compile(content: WireContent): Compiled {
  const compiled = translatingErrors(() =>
    compileContent(toContent(content), { ...pickExtras(content), ...pickSchema(content) }, null, undefined),
  );
  return { ...compiled, render: (variables) => translatingErrors(() => compiled.render(variables)) };
}
