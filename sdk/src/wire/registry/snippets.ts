export interface SnippetVersionRef {
  readonly version_id: string;
  /** The number after the `@`. */
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
  /** The names of its arguments in order of appearance. */
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
  /** Prompts do not follow this version, because they name a number. */
  readonly latest_version: SnippetVersion;
}

export interface SnippetList {
  readonly snippets: readonly SnippetSummary[];
  readonly next_cursor: string | null;
}

export interface ListSnippetsQuery {
  /** Prefix of the name. */
  readonly q?: string;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}

export interface PutSnippetRequest {
  readonly template_source: string;
  /** Omit to keep the description; null removes it. */
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

/** A version that uses a version of the snippet. */
export interface SnippetUse {
  readonly kind: 'prompt' | 'snippet';
  readonly name: string;
  readonly version_id: string;
  readonly version_number: number;
  readonly snippet_version_number: number;
  /** False when it is used through another snippet. */
  readonly direct: boolean;
  /** The environments in which that prompt version runs; `default` means the active version. */
  readonly environments: readonly string[];
}

export interface SnippetUsage {
  readonly usage: readonly SnippetUse[];
  readonly next_cursor: string | null;
}
