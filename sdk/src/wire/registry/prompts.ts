/** `full`: the text is managed in the ledger. `tracking`: it is in code. */
export type PromptMode = 'full' | 'tracking';
/** `active`: an environment points to it. `deprecated`: one did. `draft`: none ever did. */
export type VersionStatus = 'active' | 'deprecated' | 'draft';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A function that the model may call. */
export interface FunctionTool {
  readonly type: 'function';
  readonly function: {
    /** 1 to 64 letters, digits, `_` and `-`; unique among the tools. */
    readonly name: string;
    readonly description?: string;
    /** JSON Schema of the arguments, kept as received. Its numbers are parsed as doubles here. */
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
        /** JSON Schema of the answer, kept as received. Its numbers are parsed as doubles here. */
        readonly schema: Readonly<Record<string, unknown>>;
        readonly strict?: boolean;
      };
    };

/** JSON Schema, kept as received. Its numbers are parsed as doubles here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A version of a snippet that a content uses, directly or through another snippet. */
export interface PinnedSnippet {
  readonly name: string;
  readonly version_number: number;
  readonly version_id: string;
  readonly checksum_hash: string;
  readonly template_source: string;
}

/** Members of a content that are not sent to providers. Absent members are omitted. */
export interface ContentRules {
  /** The schema of a request's variables. */
  readonly variables_schema?: JsonSchema;
  readonly snippets?: readonly PinnedSnippet[];
}

/** Members of a content besides its templates, in OpenAI's form. Absent members are omitted. */
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
  /** Null when unknown. */
  readonly description: string | null;
  /** Null when unknown. */
  readonly owner_team: string | null;
  readonly tags: readonly string[];
  /** When its code base stopped containing this tracked prompt; null while it contains it. */
  readonly retired_at: string | null;
  /** RFC 3339, like every time on the wire. */
  readonly created_at: string;
  readonly updated_at: string;
}

/** The version that a request without a version gets. It has `template_source` or `messages`. */
export interface ActiveVersion extends ContentExtras, ContentRules {
  readonly version_id: string;
  readonly version_number: number;
  readonly status: VersionStatus;
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
  /** For a text prompt that is only a template, the template's SHA-256 in lower-case hex. */
  readonly checksum_hash: string;
  /** The names of the variables in order of appearance. */
  readonly variables: readonly string[];
}

export interface Prompt extends PromptSummary {
  /** The version of the requested environment, or of `default`; null when none runs there. */
  readonly active_version: ActiveVersion | null;
}

export interface PromptListEntry extends PromptSummary {
  readonly newest_version: number;
  /** The version in each environment; `default` has the active one. */
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
  /** Prefix of the name. */
  readonly q?: string;
  /** Words that must all occur in the name, the description or the text. */
  readonly search?: string;
  /** The repository of the active version's latest registration, such as `acme/app`. */
  readonly repository?: string;
  /** The folder of the file in that registration, such as `apps/shop/`. */
  readonly folder?: string;
  /** True for retired prompts only, false for all others. */
  readonly retired?: boolean;
  /** The order of the list. Default `name`; `-updated_at`: the last changed first. */
  readonly sort?: 'name' | '-updated_at';
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}

/**
 * The content is exactly one of `template_source` and `messages`, with its tools and response format. Omitted or null parts of the content
 * are absent; omitted metadata stays unchanged.
 */
export interface PutPromptRequest extends UnsavedContent {
  readonly description?: string | null;
  readonly owner_team?: string | null;
  readonly created_by?: string | null;
  /** Default false. */
  readonly set_active?: boolean;
  readonly tags?: readonly string[];
  readonly commit_message?: string | null;
  /** Settings that the content was tried with: any JSON object. They do not affect runs. Omit to keep them; null removes them. */
  readonly settings?: Readonly<Record<string, unknown>> | null;
}

/** An unsaved content: exactly one of `template_source` and `messages`, with its other members. */
export interface UnsavedContent {
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
  /** 1 to 128 tools. */
  readonly tools?: readonly FunctionTool[] | null;
  /** Requires `tools`. */
  readonly tool_choice?: ToolChoice | null;
  /** Requires `tools`. */
  readonly parallel_tool_calls?: boolean | null;
  /** `text` means the same as none. */
  readonly response_format?: ResponseFormat | { readonly type: 'text' } | null;
  /** JSON Schema (draft 2020-12) that the variables of a request must match. */
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
  /** Empty when only the ledger cannot check answers against it. */
  readonly vendors: readonly string[];
  readonly message: string;
}

export interface PutPromptResult {
  readonly prompt: PromptRef;
  readonly version: VersionRef;
  /** False when the prompt already had this content. */
  readonly version_change: boolean;
  readonly warnings: readonly SchemaWarning[];
}

export interface RenderPromptRequest {
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Default or null: the active version. */
  readonly version_number?: number | null;
}

/** A rendered prompt: `rendered_prompt` or `messages`. */
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
  /** The settings that it was tried with, as they were sent; null for none. */
  readonly settings: Readonly<Record<string, unknown>> | null;
  /** The engine and rules that render it. */
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
  /** Counts from 1; null for an added line. */
  readonly old_line: number | null;
  /** Counts from 1; null for a removed line. */
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
