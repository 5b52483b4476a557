export interface SnippetVersionRef {
  readonly version_id: string;
  /** The number behind the `@`. */
  readonly version_number: number;
  readonly checksum_hash: string;
}

export interface SnippetVersionSummary extends SnippetVersionRef {
  readonly created_by: string | null;
  readonly commit_message: string | null;
  readonly created_at: string;
}

export interface SnippetVersion extends SnippetVersionSummary {
  readonly snippet_id: string;
  readonly snippet_name: string;
  readonly template_source: string;
  /** Names of its arguments, in the order in which they appear. */
  readonly variables: readonly string[];
  readonly renderer: string;
}

export interface SnippetSummary {
  readonly snippet_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly latest_version_number: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Snippet extends SnippetSummary {
  /** Prompts do not follow it: they name a number. */
  readonly latest_version: SnippetVersion;
}

export interface SnippetList {
  readonly snippets: readonly SnippetSummary[];
  readonly next_cursor: string | null;
}

export interface ListSnippetsQuery {
  /** Only names that begin so. */
  readonly q?: string;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}

export interface PutSnippetRequest {
  readonly template_source: string;
  /** Omit it to keep it; null removes it. */
  readonly description?: string | null;
  readonly created_by?: string | null;
  readonly commit_message?: string | null;
}

export interface PutSnippetResult {
  readonly snippet: { readonly snippet_id: string; readonly name: string };
  readonly version: SnippetVersionRef;
  /** True when the text was new to the snippet. */
  readonly version_change: boolean;
}

/** A version that uses one of a snippet. */
export interface SnippetUse {
  readonly kind: 'prompt' | 'snippet';
  readonly name: string;
  readonly version_id: string;
  readonly version_number: number;
  readonly snippet_version_number: number;
  /** False when it comes with another snippet. */
  readonly direct: boolean;
  /** The environments in which that version of a prompt runs; `default` is the active version. */
  readonly environments: readonly string[];
}

export interface SnippetUsage {
  readonly usage: readonly SnippetUse[];
  readonly next_cursor: string | null;
}
