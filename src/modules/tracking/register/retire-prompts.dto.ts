import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsBoolean, IsOptional, ValidateIf } from 'class-validator';
import { ApiInteger, IsPromptName, Nested, NestedArray } from '../../../infra/http/index.js';
import { GitDto, MAX_PROMPTS } from './register-code.dto.js';

export class RetirePromptDto {
  /** Name of the prompt. */
  @IsPromptName()
  name!: string;
}

export class RetirePromptsDto {
  /** The prompts that the code no longer has, 1 to 1,000, each name once. */
  @IsOptional()
  @NestedArray(() => RetirePromptDto)
  @ArrayMaxSize(MAX_PROMPTS)
  @ApiProperty({ type: [RetirePromptDto], minItems: 1, maxItems: MAX_PROMPTS })
  prompts?: RetirePromptDto[] | null;

  /** The state of the code, for the audit log. Leave out what is unknown. */
  @IsOptional()
  @Nested(() => GitDto)
  @ApiPropertyOptional({ type: GitDto, nullable: true })
  git?: GitDto | null;

  /** Answer the same but write nothing. Default: false. */
  @ValidateIf((body: RetirePromptsDto) => body.dry_run !== undefined)
  @IsBoolean()
  dry_run?: boolean = false;
}

export class RetiredPromptDto {
  /** Name of the prompt. */
  name!: string;

  /** Always `tracking`. */
  @ApiProperty({ enum: ['tracking'] })
  mode!: 'tracking';

  /** The active version, which stays active. */
  @ApiInteger()
  version!: number;

  /** False when it was already retired. */
  change_detected!: boolean;
}

export class RetiredPromptsDto {
  /** One entry for each prompt, in the order sent. */
  retired!: RetiredPromptDto[];
}
