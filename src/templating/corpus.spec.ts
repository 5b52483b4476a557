import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerError, parseJson } from '../kernel/index.js';
import { RENDERER, rendererFor } from './index.js';
import type { ChatMessage, PromptContent } from './index.js';

/** A content in its wire form; other suites send these over HTTP. */
interface CorpusCase {
  readonly name: string;
  readonly content: { readonly template_source: string } | { readonly messages: readonly ChatMessage[] };
  readonly variables_json: string;
  readonly rendered?: string | readonly ChatMessage[];
  /** The result when the variables are read with their numbers and key order preserved, as the API does. */
  readonly rendered_from_text?: string;
  readonly error?: {
    readonly code: string;
    readonly pointers: readonly string[];
    readonly line?: number;
    readonly column?: number;
  };
}

const corpusPath = join(__dirname, '../../test/fixtures/templating/corpus.json');
const corpus = JSON.parse(readFileSync(corpusPath, 'utf8')) as CorpusCase[];

function toContent(content: CorpusCase['content']): PromptContent {
  return 'messages' in content
    ? { kind: 'chat', messages: content.messages }
    : { kind: 'text', templateSource: content.template_source };
}

function run({ content, variables_json }: CorpusCase): Pick<CorpusCase, 'rendered' | 'error'> {
  try {
    const variables = JSON.parse(variables_json) as Record<string, unknown>;
    const rendered = rendererFor(RENDERER).compile(toContent(content)).render(variables);
    return { rendered: rendered.kind === 'text' ? rendered.text : rendered.messages };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const pointers = (error.errors ?? []).map(({ pointer }) => pointer);
    const { line, column } = error.extensions as { line?: number; column?: number };
    return { error: { code: error.code, pointers, ...(line && column ? { line, column } : {}) } };
  }
}

describe('the corpus of awkward templates', () => {
  it.each(corpus.map((entry) => [entry.name, entry] as const))('%s', (_name, entry) => {
    const { rendered, error } = entry;
    expect(run(entry)).toEqual(error === undefined ? { rendered } : { error });
  });

  it.each(corpus.filter(({ rendered_from_text: text }) => text !== undefined))(
    '$name, with its text kept',
    ({ content, variables_json, rendered_from_text }) => {
      const prompt = rendererFor(RENDERER).compile(toContent(content));
      const variables = parseJson(variables_json) as Record<string, unknown>;
      expect(prompt.render(variables)).toEqual({ kind: 'text', text: rendered_from_text });
    },
  );

  it('gives the same again from the same compiled prompt, and leaves the variables alone', () => {
    for (const entry of corpus.filter(({ rendered }) => rendered !== undefined)) {
      const prompt = rendererFor(RENDERER).compile(toContent(entry.content));
      const variables = JSON.parse(entry.variables_json) as Record<string, unknown>;
      expect(prompt.render(variables)).toEqual(prompt.render(variables));
      expect(variables).toEqual(JSON.parse(entry.variables_json));
    }
  });
});
