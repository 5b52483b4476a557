import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger } from '../../../infra/http/index.js';

export class OpenAiModelDto {
  /**
   * A value for `model` of a chat completion.
   * @example "openai/gpt-4o-mini"
   */
  id!: string;

  /** Always `model`. */
  @ApiProperty({ enum: ['model'] })
  object!: 'model';

  /** When the model was added here, in seconds since 1970. */
  @ApiInteger()
  created!: number;

  /** The provider, or `prompt-ledger` for prompts and routes. */
  owned_by!: string;
}

export class OpenAiModelListDto {
  /** Always `list`. */
  @ApiProperty({ enum: ['list'] })
  object!: 'list';

  /** The allowed models, then routes, then prompts. */
  data!: OpenAiModelDto[];
}
