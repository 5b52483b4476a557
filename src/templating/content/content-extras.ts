import type { PinnedSnippet } from './snippet-pin.js';

/** A JSON object that is passed on as it came: nothing in this room reads a schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A function that the model may ask to be called. */
export interface FunctionTool {
  readonly type: 'function';
  readonly function: {
    /** 1 to 64 of letters, digits, `_` and `-`; unique among the tools. */
    readonly name: string;
    readonly description?: string;
    /** A schema of its arguments; left out: it takes none. */
    readonly parameters?: JsonSchema;
    /** Whether the arguments must keep to the schema exactly; left out: as the provider has it. */
    readonly strict?: boolean;
  };
}

export const TOOL_CHOICES = ['auto', 'none', 'required'] as const;

export type ToolChoice =
  (typeof TOOL_CHOICES)[number] | { readonly type: 'function'; readonly function: { readonly name: string } };

/** Plain text has none: `{"type":"text"}` is the same as nothing. */
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
 * The members of a content beside its templates. Plain data: nothing in it is rendered. Inside of each member it has the
 * form of the wire, which is OpenAI's, so that the stored, hashed and answered forms are one.
 */
export interface ContentExtras {
  readonly tools?: readonly FunctionTool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly responseFormat?: ResponseFormat;
  /** The schema for the variables of a request. */
  readonly variablesSchema?: JsonSchema;
  /** Every snippet that the templates use, by themselves or through another, by name and number. Nobody sends them. */
  readonly snippets?: readonly PinnedSnippet[];
}

/** The same as members of a request, an answer, or the stored `content`. */
export interface WireExtras {
  readonly tools?: readonly FunctionTool[];
  readonly tool_choice?: ToolChoice;
  readonly parallel_tool_calls?: boolean;
  readonly response_format?: ResponseFormat;
  readonly variables_schema?: JsonSchema;
  readonly snippets?: readonly PinnedSnippet[];
}

/** @returns null when there is nothing, which is how that is stored. */
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
 * Reads what was stored or answered, and so was checked when it came; a request goes through `readContentExtras`.
 * @returns null when there is nothing.
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
