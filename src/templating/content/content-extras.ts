import type { PinnedSnippet } from './snippet-pin.js';

/** A JSON object that is passed on unchanged; this module never reads a schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A function that the model may call. */
export interface FunctionTool {
  readonly type: 'function';
  readonly function: {
    /** 1 to 64 letters, digits, `_` and `-`; unique among the tools. */
    readonly name: string;
    readonly description?: string;
    /** The schema of the arguments. Absent when the function takes none. */
    readonly parameters?: JsonSchema;
    /** Whether the arguments must match the schema exactly. Default: the provider's. */
    readonly strict?: boolean;
  };
}

export const TOOL_CHOICES = ['auto', 'none', 'required'] as const;

export type ToolChoice =
  (typeof TOOL_CHOICES)[number] | { readonly type: 'function'; readonly function: { readonly name: string } };

/** Plain text has no response format: `{"type":"text"}` means the same as none. */
export type ResponseFormat =
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly json_schema: {
        readonly name: string;
        readonly description?: string;
        readonly schema: JsonSchema;
        readonly strict?: boolean;
      };
    };

/**
 * The members of a content besides its templates. They are plain data and never rendered. Each member has its wire form, which is OpenAI's,
 * so that it is stored, hashed and returned in one form.
 */
export interface ContentExtras {
  readonly tools?: readonly FunctionTool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly responseFormat?: ResponseFormat;
  /** The schema of a request's variables. */
  readonly variablesSchema?: JsonSchema;
  /** Every snippet that the templates use, directly or through another, by name and number. Clients never send it. */
  readonly snippets?: readonly PinnedSnippet[];
}

/** The extras as members of a request, an answer, or the stored `content`. */
export interface WireExtras {
  readonly tools?: readonly FunctionTool[];
  readonly tool_choice?: ToolChoice;
  readonly parallel_tool_calls?: boolean;
  readonly response_format?: ResponseFormat;
  readonly variables_schema?: JsonSchema;
  readonly snippets?: readonly PinnedSnippet[];
}

/** @returns null when there are no extras, which is also how that is stored. */
export function toWireExtras(extras: ContentExtras | null | undefined): WireExtras | null {
  const { tools, toolChoice, parallelToolCalls, responseFormat } = extras ?? {};
  const { variablesSchema, snippets } = extras ?? {};
  const wire = {
    ...(tools === undefined ? {} : { tools }),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
    ...(responseFormat === undefined ? {} : { response_format: responseFormat }),
    ...(variablesSchema === undefined ? {} : { variables_schema: variablesSchema }),
    ...(snippets === undefined ? {} : { snippets }),
  };
  return Object.keys(wire).length === 0 ? null : wire;
}

/**
 * Converts extras that were stored or returned, and so were checked when they were received. Requests use `readContentExtras`.
 * @returns null when there are no extras.
 */
export function extrasOfWire(wire: WireExtras | null | undefined): ContentExtras | null {
  const { tools, tool_choice: toolChoice, parallel_tool_calls: parallel } = wire ?? {};
  const { response_format, variables_schema, snippets } = wire ?? {};
  const extras = {
    ...(tools === undefined ? {} : { tools }),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(parallel === undefined ? {} : { parallelToolCalls: parallel }),
    ...(response_format === undefined ? {} : { responseFormat: response_format }),
    ...(variables_schema === undefined ? {} : { variablesSchema: variables_schema }),
    ...(snippets === undefined ? {} : { snippets }),
  };
  return Object.keys(extras).length === 0 ? null : extras;
}
