import { finish, type Steps } from '../../kernel/index.js';
import { listTemplateParts } from '../content/content.js';
import type { ChatRole, PromptContent, RenderedPrompt, TemplatePart } from '../content/content.js';
import {
  RenderedPromptTooLargeError,
  TemplateInvalidError,
  TemplateVariablesMissingError,
} from '../errors.js';
import type { TemplatePosition } from '../errors.js';
import { DEFAULT_MAX_RENDERED_BYTES } from '../renderer.js';
import type { CompiledPrompt, Renderer, RenderOptions } from '../renderer.js';
import { analyzeTemplate } from './parsing/analyze.js';
import type { KnownSnippets, TemplateAnalysis } from './parsing/analyze.js';
import { lookUp } from './evaluate.js';
import { interpret } from './interpret.js';
import { LIMITS } from './limits.js';
import type { Node } from './nodes.js';
import { parseTemplate } from './parsing/parse-template.js';
import type { MarkupQuota } from './parsing/parse-template.js';
import { Absent, RenderState } from './render-state.js';
import type { SnippetNodes } from './render-state.js';
import { TemplateProblem } from './parsing/template-problem.js';

interface CompiledPart extends TemplatePart, TemplateAnalysis {
  readonly nodes: readonly Node[];
}

/** The parsed snippets that a content's templates use. */
export interface ParsedSnippets {
  readonly nodes: SnippetNodes;
  readonly known: KnownSnippets;
}

/** The comment of `../index.ts` states the rules. */
export const liquid1: Renderer = {
  id: 'liquid-1',
  compile(content) {
    assertNotTooLong(listTemplateParts(content));
    return compileTemplates(content, { markups: 0, markupChars: 0 }, null);
  },
};

/**
 * @param quota the usage of earlier parts of the content, to which its templates are added.
 * @param snippets null when `render` is not a tag.
 */
export function compileTemplates(
  content: PromptContent,
  quota: MarkupQuota,
  snippets: ParsedSnippets | null,
): CompiledPrompt {
  const roles = content.kind === 'text' ? null : content.messages.map(({ role }) => role);
  const parts = listTemplateParts(content).map((part) =>
    locateProblems(part, () => {
      const nodes = parseTemplate(part.source, quota, { hasSnippets: snippets !== null });
      return { ...part, nodes, ...analyzeTemplate(nodes, snippets?.known) };
    }),
  );
  return new LiquidPrompt(roles, parts, snippets?.nodes);
}

class LiquidPrompt implements CompiledPrompt {
  readonly variables: readonly string[];

  /** @param roles null for a text prompt. The content is not kept, because its tools may be far larger than its templates. */
  constructor(
    private readonly roles: readonly ChatRole[] | null,
    private readonly parts: readonly CompiledPart[],
    private readonly snippets: SnippetNodes | undefined,
  ) {
    this.variables = [...new Set(parts.flatMap(({ variables }) => variables))];
  }

  render(variables: Readonly<Record<string, unknown>>, options: RenderOptions = {}): RenderedPrompt {
    return finish(this.renderInSteps(variables, options));
  }

  *renderInSteps(
    variables: Readonly<Record<string, unknown>>,
    { maxRenderedBytes = DEFAULT_MAX_RENDERED_BYTES }: RenderOptions = {},
  ): Steps<RenderedPrompt> {
    const state = new RenderState(variables, maxRenderedBytes, this.snippets);
    const texts: string[] = [];
    try {
      for (const part of this.parts) {
        state.beginPart();
        yield* interpretPart(part, state);
        texts.push(state.text);
      }
      assertNotTooLarge(texts, maxRenderedBytes);
    } catch (error) {
      // Missing variables come first: with them the render might not have failed here.
      if (state.isMissingAny) throw this.variablesMissing(state);
      throw error;
    }
    if (state.isMissingAny) throw this.variablesMissing(state);
    return this.toRendered(texts);
  }

  private variablesMissing(state: RenderState): TemplateVariablesMissingError {
    try {
      this.survey(state);
    } catch (error) {
      // Out of budget: report only what was found so far.
      if (!(error instanceof TemplateProblem)) throw error;
    }
    return new TemplateVariablesMissingError(state.missingPaths);
  }

  /** Notes missing variables where the render did not get to, so that the caller can fix all of them at once. */
  private survey(state: RenderState): void {
    state.beginSurvey();
    for (const { required } of this.parts) {
      state.beginPart();
      for (const variable of required) {
        const value = lookUp(variable, state, 'optional');
        if (value instanceof Absent) state.note(value);
      }
    }
  }

  private toRendered(texts: readonly string[]): RenderedPrompt {
    if (this.roles === null) return { kind: 'text', text: texts[0] ?? '' };
    return { kind: 'chat', messages: this.roles.map((role, nth) => ({ role, content: texts[nth] ?? '' })) };
  }
}

function* interpretPart(part: CompiledPart, state: RenderState): Steps<void> {
  try {
    yield* interpret(part.nodes, state);
  } catch (error) {
    throw asTemplateError(part, error);
  }
}

/** Runs `work` and turns a problem at an offset into one at a line and column. */
export function locateProblems<T>(part: TemplatePart, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asTemplateError(part, error);
  }
}

function asTemplateError({ source, pointer }: TemplatePart, error: unknown): unknown {
  if (!(error instanceof TemplateProblem)) return error;
  return new TemplateInvalidError(error.message, pointer, locate(source, error.offset));
}

function locate(source: string, offset: number): TemplatePosition {
  const before = source.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

export function assertNotTooLong(parts: readonly TemplatePart[]): void {
  let chars = 0;
  for (const part of parts) {
    chars += part.source.length;
    if (chars <= LIMITS.templateChars) continue;
    throw new TemplateInvalidError(`more than ${LIMITS.templateChars} characters`, part.pointer, {
      line: 1,
      column: 1,
    });
  }
}

function assertNotTooLarge(texts: readonly string[], maxRenderedBytes: number): void {
  let bytes = 0;
  for (const text of texts) bytes += countUtf8Bytes(text);
  if (bytes > maxRenderedBytes) throw new RenderedPromptTooLargeError(maxRenderedBytes);
}

/** Counts the UTF-8 bytes of well-formed text without encoding it. */
function countUtf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Two surrogates together make four bytes.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
