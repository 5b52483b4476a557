/** `full`: the text is managed in the ledger; `tracking`: it lives in code. */
export type PromptMode = 'full' | 'tracking';
/** `active`: an environment points at it; `deprecated`: one did; `draft`: none ever did. */
export type VersionStatus = 'active' | 'deprecated' | 'draft';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A function that the model may ask to be called. */
export interface FunctionTool {
  readonly type: 'function';
  readonly function: {
    /** 1 to 64 letters, digits, `_` and `-`; unique among the tools. */
    readonly name: string;
    readonly description?: string;
    /** JSON Schema of its arguments, kept as it came; its numbers are doubles. */
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly strict?: boolean;
  };
}

export type ToolChoice =
  'auto' | 'none' | 'required' | { readonly type: 'function'; readonly function: { readonly name: string } };

export type ResponseFormat =
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly json_schema: {
        readonly name: string;
        readonly description?: string;
        /** JSON Schema of the answer, kept as it came; its numbers are doubles. */
        readonly schema: Readonly<Record<string, unknown>>;
        readonly strict?: boolean;
      };
    };

/** JSON Schema, kept as it came; its numbers are doubles. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A version of a snippet that a content uses, by itself or through another snippet. */
export interface PinnedSnippet {
  readonly name: string;
  readonly version_number: number;
  readonly version_id: string;
  readonly checksum_hash: string;
  readonly template_source: string;
}

/** Members of a content that no provider is sent; each only where it has one. */
export interface ContentRules {
  /** The schema for the variables of a request. */
  readonly variables_schema?: JsonSchema;
  readonly snippets?: readonly PinnedSnippet[];
}

/** Members of a content beside its templates, in OpenAI's form; each only where it has one. */
export interface ContentExtras {
  readonly tools?: readonly FunctionTool[];
  readonly tool_choice?: ToolChoice;
  readonly parallel_tool_calls?: boolean;
  readonly response_format?: ResponseFormat;
}

export interface PromptSummary {
  readonly prompt_id: string;
  readonly name: string;
  readonly mode: PromptMode;
  /** Null when it is not known. */
  readonly description: string | null;
  /** Null when it is not known. */
  readonly owner_team: string | null;
  readonly tags: readonly string[];
  /** Since when the code base that had this tracked prompt has it no more; null while code has it. */
  readonly retired_at: string | null;
  /** RFC 3339, as every time on the wire. */
  readonly created_at: string;
  readonly updated_at: string;
}

/** The version that a request without one gets. It has `template_source` or `messages`. */
export interface ActiveVersion extends ContentExtras, ContentRules {
  readonly version_id: string;
  readonly version_number: number;
  readonly status: VersionStatus;
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
  /** For a text prompt that is nothing but its template, the lower-case hex SHA-256 of that in UTF-8. */
  readonly checksum_hash: string;
  /** Names of the variables, in the order in which they appear. */
  readonly variables: readonly string[];
}

export interface Prompt extends PromptSummary {
  /** The version of the environment that was named, else of `default`; null when none runs there. */
  readonly active_version: ActiveVersion | null;
}

export interface PromptListEntry extends PromptSummary {
  readonly newest_version: number;
  /** Which version runs where, by environment; `default` has the active one. */
  readonly environments: readonly { readonly environment: string; readonly version_number: number }[];
}

export interface PromptList {
  readonly prompts: readonly PromptListEntry[];
  /** Null on the last page. */
  readonly next_cursor: string | null;
}

export interface ListPromptsQuery {
  readonly mode?: PromptMode;
  readonly tag?: string;
  readonly owner_team?: string;
  /** Beginning of the name. */
  readonly q?: string;
  /** Words that are all somewhere in the name, the description or the text. */
  readonly search?: string;
  /** The repository of the latest registration of the active version, such as `acme/app`. */
  readonly repository?: string;
  /** The folder of its file at that registration, such as `apps/shop/`. */
  readonly folder?: string;
  /** Only prompts that were retired, or only the others. */
  readonly retired?: boolean;
  /** Default `name`; `-updated_at` has the last changed first. */
  readonly sort?: 'name' | '-updated_at';
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}

/**
 * The content is exactly one of `template_source` and `messages`, and tools and the response format with it: left out,
 * or null, it has none. Metadata that is left out stays as it was.
 */
export interface PutPromptRequest extends UnsavedContent {
  readonly description?: string | null;
  readonly owner_team?: string | null;
  readonly created_by?: string | null;
  /** Default false. */
  readonly set_active?: boolean;
  readonly tags?: readonly string[];
  readonly commit_message?: string | null;
  /** Settings that the content was tried with: any JSON object. They change no run. Omit it to keep it; null removes it. */
  readonly settings?: Readonly<Record<string, unknown>> | null;
}

/** One content as it is sent: exactly one of `template_source` and `messages`, with what is beside it. */
export interface UnsavedContent {
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
  /** 1 to 128. */
  readonly tools?: readonly FunctionTool[] | null;
  /** Needs `tools`. */
  readonly tool_choice?: ToolChoice | null;
  /** Needs `tools`. */
  readonly parallel_tool_calls?: boolean | null;
  /** `text` is the same as none. */
  readonly response_format?: ResponseFormat | { readonly type: 'text' } | null;
  /** JSON Schema (draft 2020-12) that the variables of a request have to fit. */
  readonly variables_schema?: JsonSchema | null;
}

export interface PromptRef {
  readonly prompt_id: string;
  readonly name: string;
  readonly mode: PromptMode;
}

export interface VersionRef {
  readonly version_id: string;
  readonly version_number: number;
  readonly checksum_hash: string;
  readonly status: VersionStatus;
}

/** A part of a response format's schema that a vendor will refuse. */
export interface SchemaWarning {
  readonly pointer: string;
  /** Empty where it is the ledger that cannot check answers by it. */
  readonly vendors: readonly string[];
  readonly message: string;
}

export interface PutPromptResult {
  readonly prompt: PromptRef;
  readonly version: VersionRef;
  /** False when the prompt has had this content before. */
  readonly version_change: boolean;
  readonly warnings: readonly SchemaWarning[];
}

export interface RenderPromptRequest {
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Null or left out: the active one. */
  readonly version_number?: number | null;
}

/** It has `rendered_prompt` or `messages`. */
export interface RenderedPromptAnswer {
  readonly rendered_prompt?: string;
  readonly messages?: readonly ChatMessage[];
  readonly version_number: number;
  readonly checksum_hash: string;
}

export interface VersionSummary {
  readonly version_id: string;
  readonly version_number: number;
  readonly status: VersionStatus;
  readonly checksum_hash: string;
  readonly created_by: string | null;
  readonly commit_message: string | null;
  readonly created_at: string;
}

/** One version with its content: `template_source` or `messages`. */
export interface Version extends VersionSummary, ContentExtras, ContentRules {
  readonly prompt_id: string;
  readonly prompt_name: string;
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
  /** The settings it was tried with, as they were sent; null for none. */
  readonly settings: Readonly<Record<string, unknown>> | null;
  /** Engine and rules that render it. */
  readonly renderer: string;
  readonly variables: readonly string[];
}

export interface DiffSide {
  readonly version_number: number;
  readonly checksum_hash: string;
}

export interface DiffLine {
  readonly type: 'context' | 'added' | 'removed';
  readonly text: string;
  /** Counted from 1; null for a line that was added. */
  readonly old_line: number | null;
  /** Counted from 1; null for a line that was removed. */
  readonly new_line: number | null;
}

export interface DiffHunk {
  readonly old_start: number;
  readonly old_lines: number;
  readonly new_start: number;
  readonly new_lines: number;
  readonly lines: readonly DiffLine[];
}

export interface PromptDiff {
  readonly prompt_name: string;
  readonly kind: 'text' | 'chat';
  readonly from: DiffSide;
  readonly to: DiffSide;
  readonly identical: boolean;
  /** A unified diff; empty when both are the same. */
  readonly unified: string;
  readonly hunks: readonly DiffHunk[];
}
