// The only import of the server's templating, so that both give the same bytes. Loaded on first use, because Liquid's parser is most of
// this package. It throws the server's errors; `templating-errors.ts` converts them.
import { computeChecksum, extrasOfWire, rendererFor, chooseRenderer } from '../../../src/templating/index.js';
import type { Content, Rendered } from './content.js';
import type { ContentExtras, ContentRules } from '../wire/index.js';

export interface CompiledContent {
  readonly variables: readonly string[];
  readonly checksumHash: string;
  render(variables: Readonly<Record<string, unknown>>): Rendered;
}

/** @param rendererId null for that of new versions. */
export function compileContent(
  content: Content,
  wireExtras: ContentExtras & ContentRules,
  rendererId: string | null,
  maxRenderedBytes: number | undefined,
): CompiledContent {
  const source =
    typeof content === 'string'
      ? ({ kind: 'text', templateSource: content } as const)
      : ({ kind: 'chat', messages: content } as const);
  const extras = extrasOfWire(wireExtras);
  const whole = extras === null ? source : { ...source, extras };
  const compiled = rendererFor(rendererId ?? chooseRenderer(whole)).compile(whole);
  const options = maxRenderedBytes === undefined ? {} : { maxRenderedBytes };
  return {
    variables: compiled.variables,
    checksumHash: computeChecksum(whole),
    render: (variables) => {
      const rendered = compiled.render(variables, options);
      return rendered.kind === 'text' ? rendered.text : rendered.messages;
    },
  };
}

/** Hashes a text without parsing it. */
export function checksumOfText(templateSource: string): string {
  return computeChecksum({ kind: 'text', templateSource });
}
