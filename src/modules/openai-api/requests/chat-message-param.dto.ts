import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { MAX_PARTS, MAX_TOOL_CALLS } from './message-limits.js';

// Describes messages for the OpenAPI document. `readMessages` validates them.

export class ChatTextPartDto {
  /** Always `text`: images, audio and files are not passed on. */
  @ApiProperty({ enum: ['text'] })
  type!: 'text';

  /** The text. Parts are joined in order. */
  text!: string;
}

export class ChatCalledFunctionDto {
  /** The name of the tool. */
  name!: string;

  /** The arguments, as JSON text. */
  arguments!: string;
}

export class ChatToolCallDto {
  /** The id of the call, which the tool's result refers to. */
  id!: string;

  /** Always `function`. */
  @ApiProperty({ enum: ['function'] })
  type!: 'function';

  /** The function called. */
  function!: ChatCalledFunctionDto;
}

const AS_IT_CAME = {
  type: 'array',
  nullable: true,
  items: { type: 'object', additionalProperties: true },
} as const;

@ApiExtraModels(ChatTextPartDto)
export class ChatMessageParamDto {
  /** The author of the message; `developer` is the same as `system`. */
  @ApiProperty({ enum: ['system', 'developer', 'user', 'assistant', 'tool'] })
  role!: string;

  /** A text or its parts. Null only for an assistant that calls tools or refuses. */
  @ApiProperty({
    nullable: true,
    oneOf: [
      { type: 'string' },
      { type: 'array', maxItems: MAX_PARTS, items: { $ref: getSchemaPath(ChatTextPartDto) } },
    ],
  })
  content!: unknown;

  /** The tool calls of an assistant. */
  @ApiPropertyOptional({ type: [ChatToolCallDto], maxItems: MAX_TOOL_CALLS })
  tool_calls?: ChatToolCallDto[];

  /** The refusal of an assistant. */
  @ApiPropertyOptional({ type: String, nullable: true })
  refusal?: string | null;

  /** The call that this tool result answers. */
  tool_call_id?: string;

  /** The name of the author. This and the members below are passed on if the provider has a field for them; see `X-Ignored-Params`. */
  @ApiPropertyOptional({ type: String, nullable: true })
  name?: string | null;

  /** The reasoning of an assistant. */
  @ApiPropertyOptional({ type: String, nullable: true })
  reasoning_content?: string | null;

  /** The reasoning of an assistant, under another name. */
  @ApiPropertyOptional({ type: String, nullable: true })
  reasoning?: string | null;

  /** The reasoning of an assistant in parts, as the provider sent them. */
  @ApiPropertyOptional(AS_IT_CAME)
  reasoning_details?: unknown;

  /** The sources of an assistant, as the provider sent them. */
  @ApiPropertyOptional(AS_IT_CAME)
  annotations?: unknown;
}
