import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { MAX_PARTS, MAX_TOOL_CALLS } from './message-limits.js';

// For the document: what is sent is checked by `readMessages`.

export class ChatTextPartDto {
  /** Always `text`: images, audio and files are not passed on. */
  @ApiProperty({ enum: ['text'] })
  type!: 'text';

  /** The text. Parts are put together in their order. */
  text!: string;
}

export class ChatCalledFunctionDto {
  /** The tool. */
  name!: string;

  /** Its arguments, as JSON text. */
  arguments!: string;
}

export class ChatToolCallDto {
  /** Id of the call, which its result names. */
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
  /** The role of the speaker; `developer` is the same as `system`. */
  @ApiProperty({ enum: ['system', 'developer', 'user', 'assistant', 'tool'] })
  role!: string;

  /** A text, or its parts. Null only of an assistant that calls tools, or refuses. */
  @ApiProperty({
    nullable: true,
    oneOf: [
      { type: 'string' },
      { type: 'array', maxItems: MAX_PARTS, items: { $ref: getSchemaPath(ChatTextPartDto) } },
    ],
  })
  content!: unknown;

  /** The tools that an assistant called. */
  @ApiPropertyOptional({ type: [ChatToolCallDto], maxItems: MAX_TOOL_CALLS })
  tool_calls?: ChatToolCallDto[];

  /** The words with which an assistant refused. */
  @ApiPropertyOptional({ type: String, nullable: true })
  refusal?: string | null;

  /** The call that a tool answers. */
  tool_call_id?: string;

  /** The name of the author. This and what follows is passed on where the provider has a field for it; see `X-Ignored-Params`. */
  @ApiPropertyOptional({ type: String, nullable: true })
  name?: string | null;

  /** The reasoning of an assistant. */
  @ApiPropertyOptional({ type: String, nullable: true })
  reasoning_content?: string | null;

  /** The same under another name. */
  @ApiPropertyOptional({ type: String, nullable: true })
  reasoning?: string | null;

  /** The same in parts, as the provider gave them. */
  @ApiPropertyOptional(AS_IT_CAME)
  reasoning_details?: unknown;

  /** The sources of an assistant, as the provider gave them. */
  @ApiPropertyOptional(AS_IT_CAME)
  annotations?: unknown;
}
