import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ApiInteger } from '../../../infra/http/index.js';
import { ChatToolCallDto } from '../requests/chat-message-param.dto.js';

const FINISH_REASONS = ['stop', 'length', 'tool_calls', 'content_filter'] as const;
const DETAILS = { type: 'object', additionalProperties: { type: 'integer', nullable: true } } as const;

export class ChatUsageDto {
  /** Tokens of the prompt. */
  @ApiInteger()
  prompt_tokens!: number;

  /** Tokens of the answer. */
  @ApiInteger()
  completion_tokens!: number;

  /** The sum of both. */
  @ApiInteger()
  total_tokens!: number;

  /** Further counts of the prompt's tokens by the provider, such as `cached_tokens`. */
  @ApiPropertyOptional(DETAILS)
  prompt_tokens_details?: object;

  /** Further counts of the answer's tokens by the provider, such as `reasoning_tokens`. */
  @ApiPropertyOptional(DETAILS)
  completion_tokens_details?: object;
}

export class ChatAnswerDto {
  /** Always `assistant`. */
  @ApiProperty({ enum: ['assistant'] })
  role!: 'assistant';

  /** The answer; null for tool calls alone, or a refusal. */
  content!: string | null;

  /** The model's refusal; null when it did not refuse, or the provider does not report refusals. */
  refusal!: string | null;

  /** Tool calls that the model asked for; left out when there are none. */
  tool_calls?: ChatToolCallDto[];
}

export class ChatChoiceDto {
  /** Always 0. */
  @ApiInteger()
  index!: number;

  /** The answer. */
  message!: ChatAnswerDto;

  /** Always null. */
  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true })
  logprobs!: null;

  /** Why the answer ended. Also `length` when only the beginning of the answer was kept. */
  @ApiProperty({ enum: FINISH_REASONS })
  finish_reason!: (typeof FINISH_REASONS)[number];
}

export class ChatCompletionDto {
  /** `chatcmpl-` and the id of the execution. */
  id!: string;

  /** Always `chat.completion`. */
  @ApiProperty({ enum: ['chat.completion'] })
  object!: 'chat.completion';

  /** When the execution was accepted, in seconds since 1970. */
  @ApiInteger()
  created!: number;

  /** The provider's name of the model that answered. */
  model!: string;

  /** The only choice. */
  choices!: ChatChoiceDto[];

  /** The tokens used; left out when the provider did not report them. */
  usage?: ChatUsageDto;

  /** The service tier that the provider used, if it reports one. */
  service_tier?: string;

  /** The provider's fingerprint of the system it ran on, if it reports one. */
  system_fingerprint?: string;
}
