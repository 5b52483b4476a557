import type { PromptContent } from '../../templating/index.js';

export const SUGGESTION_KINDS = [
  'unused_variable',
  'undeclared_variable',
  'response_format',
  'schema_refused',
  'variable_in_instructions',
  'volatile_before_stable',
  'repeated_instruction',
  'size',
  'answer_bound',
  'low_cached_share',
  'schema_failures',
  'failure_cluster',
  'constant_variable',
  'cheaper_model',
  'retries',
  'fallbacks',
] as const;
export type SuggestionKind = (typeof SUGGESTION_KINDS)[number];

export type Severity = 'info' | 'warning' | 'error';

/** A place in a version's content. */
export interface Place {
  /** A JSON pointer into the content, such as `/messages/0/content` or `/template_source`. */
  readonly pointer: string;
  /** Offsets in UTF-16 code units, as in JavaScript; the end is exclusive. */
  readonly begin: number;
  readonly end: number;
  /** The text at that place. */
  readonly text: string;
}

export interface Evidence {
  readonly places: readonly Place[];
  /** The figures and names that support the suggestion. */
  readonly facts: Readonly<Record<string, string | number | readonly string[]>>;
  /** API paths to the facts. Empty if the content itself is the only evidence. */
  readonly links: readonly string[];
}

/** Null where the effect is unknown. A negative value is a decrease. */
export interface ExpectedEffect {
  /** Over the next 30 days with unchanged traffic, as a decimal number. */
  readonly costUsd30d: string | null;
  /** The tokens of one request. */
  readonly tokens: number | null;
  /** From −1 to 1. */
  readonly passRate: number | null;
}

/** The change. Offered only if it cannot change the meaning by accident. */
export type Patch =
  | { readonly kind: 'content'; readonly content: PromptContent }
  | { readonly kind: 'params'; readonly params: { readonly maxNewTokens: number } }
  | { readonly kind: 'model'; readonly model: { readonly provider: string; readonly modelName: string } };

export interface Suggestion {
  readonly kind: SuggestionKind;
  readonly severity: Severity;
  /** One sentence. */
  readonly title: string;
  readonly evidence: Evidence;
  /** The form without quotations, for callers who may not read executions. Absent if nothing is quoted. */
  readonly quoting?: {
    /** The title without the quotation. */
    readonly title: string;
    /** The facts that quote. */
    readonly facts: readonly string[];
  };
  readonly expectedEffect: ExpectedEffect;
  readonly patch: Patch | null;
}

export const UNKNOWN_EFFECT: ExpectedEffect = { costUsd30d: null, tokens: null, passRate: null };

/** Creates evidence from the content alone. */
export function quotePlaces(places: readonly Place[], facts: Evidence['facts'] = {}): Evidence {
  return { places, facts, links: [] };
}
