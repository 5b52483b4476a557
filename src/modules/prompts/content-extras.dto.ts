import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { ApiId, ApiInteger } from '../../infra/http/index.js';
import type {
  FunctionTool,
  JsonSchema,
  PinnedSnippet,
  ResponseFormat,
  ToolChoice,
} from '../../templating/index.js';

// These DTOs describe requests for the API document. `readContentExtras` checks what is sent, because it has a pointer for each fault
// inside a union and shares its rules with the command line. `@IsOptional()` alone marks a member as known.

const NAME = { pattern: '^[A-Za-z0-9_-]{1,64}$' };
const SCHEMA = { type: 'object', additionalProperties: true } as const;

export class ToolFunctionDto {
  /**
   * The name by which the model calls the function: 1 to 64 letters, digits, `_` and `-`. Unique among the tools.
   * @example "find_order"
   */
  @ApiProperty(NAME)
  name!: string;

  /**
   * The purpose of the tool, for the model.
   * @example "Finds an order by its number"
   */
  description?: string;

  /** JSON Schema of the arguments, kept as sent and not interpreted. Default: the function takes none. */
  @ApiPropertyOptional(SCHEMA)
  parameters?: Record<string, unknown>;

  /** Whether the arguments must match the schema exactly. */
  strict?: boolean;
}

export class ToolDto {
  /** Always `function`. */
  @ApiProperty({ enum: ['function'] })
  type!: 'function';

  /** The function that the model may ask to be called. */
  function!: ToolFunctionDto;
}

export class ChosenFunctionDto {
  /** The name of one of the tools. */
  @ApiProperty(NAME)
  name!: string;
}

export class ChosenToolDto {
  /** Always `function`. */
  @ApiProperty({ enum: ['function'] })
  type!: 'function';

  /** The function that must be called. */
  function!: ChosenFunctionDto;
}

export class JsonSchemaFormatDto {
  /**
   * The name of the format: 1 to 64 letters, digits, `_` and `-`.
   * @example "order"
   */
  @ApiProperty(NAME)
  name!: string;

  /** The purpose of the format, for the model. */
  description?: string;

  /** JSON Schema of the answer, kept as sent and not interpreted. */
  @ApiProperty(SCHEMA)
  schema!: Record<string, unknown>;

  /** Whether the answer must match the schema exactly. */
  strict?: boolean;
}

export class ResponseFormatDto {
  /** `json_object`: any JSON; `json_schema`: JSON that matches a schema. `text` is the same as no format and is not kept. */
  @ApiProperty({ enum: ['text', 'json_object', 'json_schema'] })
  type!: 'text' | 'json_object' | 'json_schema';

  /** The schema, for `json_schema` only. */
  json_schema?: JsonSchemaFormatDto;
}

const TOOL_CHOICE = {
  oneOf: [{ type: 'string', enum: ['auto', 'none', 'required'] }, { $ref: getSchemaPath(ChosenToolDto) }],
};

export class PinnedSnippetDto {
  /** Name of the snippet. */
  name!: string;

  /** The version that is used. */
  @ApiInteger()
  version_number!: number;

  /** Id of the version. */
  @ApiId()
  version_id!: string;

  /** Checksum of the version, which also covers the snippets that it uses. */
  checksum_hash!: string;

  /** Text of the version. */
  template_source!: string;
}

/** The members of a version besides its templates. Each is present only if the version has it. */
@ApiExtraModels(ChosenToolDto)
export class ContentExtrasDto {
  /** Functions that the model may ask to be called. */
  @ApiPropertyOptional({ type: [ToolDto] })
  tools?: readonly FunctionTool[];

  /** Whether and which of the tools the model calls. */
  @ApiPropertyOptional(TOOL_CHOICE)
  tool_choice?: ToolChoice;

  /** Whether the model may call several tools at once. */
  parallel_tool_calls?: boolean;

  /** The form of the answer. */
  @ApiPropertyOptional({ type: ResponseFormatDto })
  response_format?: ResponseFormat;

  /** JSON Schema (draft 2020-12) that the variables of a request must match. */
  @ApiPropertyOptional(SCHEMA)
  variables_schema?: JsonSchema;

  /** Every snippet that the templates use, directly or through another snippet, by name and number. */
  @ApiPropertyOptional({ type: [PinnedSnippetDto] })
  snippets?: readonly PinnedSnippet[];
}

/** The same members in a request. They are part of the content: a member left out is absent, whatever the previous version had. */
@ApiExtraModels(ChosenToolDto)
export class PutContentExtrasDto {
  /** Functions that the model may ask to be called. Plain data, no templates. Null or left out: none. */
  @IsOptional()
  @ApiPropertyOptional({ type: [ToolDto], minItems: 1, maxItems: 128, nullable: true, example: undefined })
  tools?: unknown;

  /** Whether and which of the tools the model calls; needs `tools`. Null or left out: the provider's default. */
  @IsOptional()
  @ApiPropertyOptional({ ...TOOL_CHOICE, nullable: true, example: undefined })
  tool_choice?: unknown;

  /** Whether the model may call several tools at once; needs `tools`. Null or left out: the provider's default. */
  @IsOptional()
  @ApiPropertyOptional({ type: Boolean, nullable: true, example: undefined })
  parallel_tool_calls?: unknown;

  /** The form of the answer. Null or left out: text. */
  @IsOptional()
  @ApiPropertyOptional({ type: ResponseFormatDto, nullable: true, example: undefined })
  response_format?: unknown;

  /**
   * JSON Schema (draft 2020-12) that the variables of a request must match: at most 32 KiB, with local references only and patterns that
   * RE2 supports. Null or left out: any variables.
   */
  @IsOptional()
  @ApiPropertyOptional({ ...SCHEMA, nullable: true, example: undefined })
  variables_schema?: unknown;
}
