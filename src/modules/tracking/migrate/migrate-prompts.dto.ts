import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsOptional, IsString, MaxLength } from 'class-validator';
import { ApiInteger, IsPromptName, NestedArray } from '../../../infra/http/index.js';
import { MAX_PROMPTS, MAX_TEMPLATE_CHARS } from '../register/register-code.dto.js';

export class MigratePromptDto {
  /** Name of a prompt in tracking mode. */
  @IsPromptName()
  name!: string;

  /** The text to start with, a Liquid template. Null or left out for that of the active version. */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEMPLATE_CHARS)
  @ApiPropertyOptional({ nullable: true, example: 'Hello {{name}}, welcome to {{app}}!' })
  template_source?: string | null;
}

export class MigratePromptsDto {
  /** The prompts to migrate, 1 to 1,000, each name once. */
  @IsOptional()
  @NestedArray(() => MigratePromptDto)
  @ArrayMaxSize(MAX_PROMPTS)
  @ApiProperty({ type: [MigratePromptDto], minItems: 1, maxItems: MAX_PROMPTS })
  prompts?: MigratePromptDto[] | null;
}

export class MigratedPromptDto {
  /** Name of the prompt. */
  name!: string;

  /** Always `full`. */
  @ApiProperty({ enum: ['full'] })
  mode!: 'full';

  /** The number of the active version. */
  @ApiInteger()
  version!: number;

  /** True when the content was new to the prompt and became a new version. */
  version_change!: boolean;
}

export class MigratedPromptsDto {
  /** One entry for each prompt, in the order sent. */
  migrated!: MigratedPromptDto[];
}
