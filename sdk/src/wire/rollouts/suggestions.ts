import type { PromptRef, VersionRef } from '../registry/prompts.js';

export type SuggestionKind =
  | 'unused_variable'
  | 'undeclared_variable'
  | 'response_format'
  | 'schema_refused'
  | 'variable_in_instructions'
  | 'volatile_before_stable'
  | 'repeated_instruction'
  | 'size'
  | 'answer_bound'
  | 'low_cached_share'
  | 'schema_failures'
  | 'failure_cluster'
  | 'constant_variable'
  | 'cheaper_model'
  | 'retries'
  | 'fallbacks';

/** A suggestion to change a version, with its evidence. */
export interface Suggestion {
  /** Stays the same while the finding does. */
  readonly suggestion_id: string;
  readonly kind: SuggestionKind;
  readonly severity: 'info' | 'warning' | 'error';
  readonly title: string;
  readonly status: 'open' | 'dismissed' | 'applied';
  readonly evidence: {
    readonly places: readonly {
      /** A JSON pointer into the version. */
      readonly pointer: string;
      /** In UTF-16 code units; the end is exclusive. */
      readonly begin: number;
      readonly end: number;
      readonly text: string;
    }[];
    readonly facts: Readonly<Record<string, string | number | readonly string[]>>;
    /** Paths in the API. */
    readonly links: readonly string[];
  };
  /** Each is null when unknown; negative means less. */
  readonly expected_effect: {
    readonly cost_usd_30d: string | null;
    readonly tokens: number | null;
    readonly pass_rate: number | null;
  };
  /** `:apply` turns `content` into a draft; `params` and `model` are for requests. */
  readonly patch: {
    readonly kind: 'content' | 'params' | 'model';
    readonly content?: Readonly<Record<string, unknown>>;
    readonly params?: Readonly<Record<string, unknown>>;
    readonly model?: Readonly<Record<string, unknown>>;
  } | null;
  readonly dismissed: {
    readonly at: string;
    readonly by: string | null;
    readonly reason: string | null;
  } | null;
  readonly applied: {
    readonly at: string;
    readonly by: string | null;
    readonly version_number: number;
  } | null;
}

export interface SuggestionList {
  readonly prompt_name: string;
  readonly version_number: number;
  readonly checksum_hash: string;
  /** The executions behind the facts; null for keys that may not list executions. */
  readonly window: {
    readonly days: number;
    readonly executions: number;
    readonly looked_at: number;
    readonly variables_read: number;
  } | null;
  /** The most important first. */
  readonly suggestions: readonly Suggestion[];
}

export interface ListSuggestionsQuery {
  /** Default: the active version, or the newest if none is active. */
  readonly version_number?: number | null;
  readonly include?: 'dismissed' | null;
}

export interface DismissSuggestionRequest {
  readonly reason?: string | null;
}

export interface ApplySuggestionRequest {
  readonly commit_message?: string | null;
  /** Apply even though the prompt has a newer version, without that version's changes. */
  readonly allow_older?: boolean | null;
}

export interface AppliedSuggestion {
  readonly suggestion_id: string;
  readonly prompt: PromptRef;
  /** A draft, unless the prompt already had this content. */
  readonly version: VersionRef;
  readonly version_change: boolean;
}
