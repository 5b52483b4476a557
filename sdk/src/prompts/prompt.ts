import { type Content, toMessages, type Rendered } from './content.js';
import type { Variables, WithVariables } from './template-variables.js';
import { translatingErrors } from './templating-errors.js';
import type * as Templating from './templating.js';
import type { ChatMessage, ContentExtras, ContentRules, JsonSchema } from '../wire/index.js';

interface PromptFacts {
  readonly name: string;
  /** Null when unknown: for a text in code and for a fallback. */
  readonly version_number: number | null;
  /** For a text prompt that is only a template, the template's SHA-256 in lower-case hex. */
  readonly checksum_hash: string;
  /**
   * Tools and response format, in the form that OpenAI's client takes next to the messages: `create({ model, messages:
   * prompt.compileMessages(variables), ...prompt.extras })`. Empty when there are none.
   */
  readonly extras: ContentExtras;
  /** The names of the variables in order of appearance. */
  readonly variables: readonly string[];
  /** The schema of a run's variables; null for none. `compile` does not check it. */
  readonly variablesSchema: JsonSchema | null;
  /** True when the ledger was unreachable and this is the caller's fallback. */
  readonly isFallback: boolean;
}

export interface TextPrompt<V = Variables> extends PromptFacts {
  readonly kind: 'text';
  readonly content: string;
  /** @throws TemplateVariablesMissing with every absent name */
  compile(...args: WithVariables<V>): string;
  /** Compiles to one user message. */
  compileMessages(...args: WithVariables<V>): ChatMessage[];
}

export interface ChatPrompt<V = Variables> extends PromptFacts {
  readonly kind: 'chat';
  readonly content: readonly ChatMessage[];
  /** @throws TemplateVariablesMissing with every absent name */
  compile(...args: WithVariables<V>): ChatMessage[];
  /** The same as `compile`. Prompts of either kind give messages. */
  compileMessages(...args: WithVariables<V>): ChatMessage[];
}

export type LedgerPrompt<V = Variables> = TextPrompt<V> | ChatPrompt<V>;

export interface PromptSource {
  readonly name: string;
  readonly content: Content;
  /** The content's members besides its templates. */
  readonly extras: ContentExtras;
  /** The members that are not sent to providers. */
  readonly rules: ContentRules;
  readonly versionNumber: number | null;
  /** The rules for rendering; null for those of new versions. */
  readonly renderer: string | null;
  readonly isFallback: boolean;
}

let templating: Promise<typeof Templating> | null = null;

/**
 * Parses a prompt. The first call loads the templating.
 * @throws TemplateError `TEMPLATE_INVALID`
 */
export async function loadPrompt(source: PromptSource, maxRenderedBytes?: number): Promise<LedgerPrompt> {
  templating ??= import('./templating.js');
  const { compileContent } = await templating;
  const { content, extras, rules, renderer } = source;
  return toPrompt(
    source,
    translatingErrors(() => compileContent(content, { ...extras, ...rules }, renderer, maxRenderedBytes)),
  );
}

function toPrompt(
  { name, content, extras, rules, versionNumber, isFallback }: PromptSource,
  compiled: Templating.CompiledContent,
): LedgerPrompt {
  const compile = (variables: Variables = {}): Rendered =>
    translatingErrors(() => compiled.render(variables));
  // `kind` tells which of the two types it is, and rendering keeps the kind.
  return {
    kind: typeof content === 'string' ? 'text' : 'chat',
    name,
    version_number: versionNumber,
    checksum_hash: compiled.checksumHash,
    variables: compiled.variables,
    variablesSchema: rules.variables_schema ?? null,
    isFallback,
    content,
    extras,
    compile,
    compileMessages: (variables?: Variables) => toMessages(compile(variables)),
  } as LedgerPrompt;
}
