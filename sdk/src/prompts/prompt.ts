import { type Content, toMessages, type Rendered } from './content.js';
import type { Variables, WithVariables } from './template-variables.js';
import { translatingErrors } from './templating-errors.js';
import type * as Templating from './templating.js';
import type { ChatMessage, ContentExtras, ContentRules, JsonSchema } from '../wire/index.js';

interface PromptFacts {
  readonly name: string;
  /** Null where it is not known: of text in code, and of a fallback. */
  readonly version_number: number | null;
  /** For a text prompt that is nothing but its template, the lower-case hex SHA-256 of that in UTF-8. */
  readonly checksum_hash: string;
  /**
   * Tools and the response format, as OpenAI's client takes them beside the messages:
   * `create({ model, messages: prompt.compileMessages(variables), ...prompt.extras })`. Without members for none.
   */
  readonly extras: ContentExtras;
  /** Names of the variables, in the order in which they appear. */
  readonly variables: readonly string[];
  /** The schema for the variables of a run; null for none. `compile` does not check it. */
  readonly variablesSchema: JsonSchema | null;
  /** True when the ledger could not be reached, and this is what the caller had in hand for that. */
  readonly isFallback: boolean;
}

export interface TextPrompt<V = Variables> extends PromptFacts {
  readonly kind: 'text';
  readonly content: string;
  /** @throws TemplateVariablesMissing with every absent name */
  compile(...args: WithVariables<V>): string;
  /** The same as one message of the user. */
  compileMessages(...args: WithVariables<V>): ChatMessage[];
}

export interface ChatPrompt<V = Variables> extends PromptFacts {
  readonly kind: 'chat';
  readonly content: readonly ChatMessage[];
  /** @throws TemplateVariablesMissing with every absent name */
  compile(...args: WithVariables<V>): ChatMessage[];
  /** The same: whatever its kind, a prompt gives messages. */
  compileMessages(...args: WithVariables<V>): ChatMessage[];
}

export type LedgerPrompt<V = Variables> = TextPrompt<V> | ChatPrompt<V>;

export interface PromptSource {
  readonly name: string;
  readonly content: Content;
  /** The members of the content beside its templates. */
  readonly extras: ContentExtras;
  /** The members that no provider is sent. */
  readonly rules: ContentRules;
  readonly versionNumber: number | null;
  /** The rules to render it by; null: those of new versions. */
  readonly renderer: string | null;
  readonly isFallback: boolean;
}

let templating: Promise<typeof Templating> | null = null;

/**
 * Parses a prompt; the templating is loaded with the first.
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
  // Its kind says which of the two it is; what is rendered is of the same kind.
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
