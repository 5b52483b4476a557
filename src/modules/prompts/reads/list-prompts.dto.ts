import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { PromptMode } from '../../../entities/index.js';
import { PageQueryDto } from '../../../infra/http/index.js';
import type { PromptOrder } from '../prompts.repository.js';

const MODES = ['full', 'tracking'] as const;
const ORDERS: readonly PromptOrder[] = ['name', '-updated_at'];

export class ListPromptsQueryDto extends PageQueryDto {
  /** Only prompts in this mode. */
  @IsOptional()
  @IsIn(MODES)
  mode?: PromptMode;

  /** Only prompts with this tag. */
  @IsOptional()
  @IsString()
  tag?: string;

  /** Only prompts of this team. */
  @IsOptional()
  @IsString()
  owner_team?: string;

  /** Only prompts whose name starts with this. */
  @IsOptional()
  @IsString()
  q?: string;

  /**
   * Only prompts with each of these words in their name, their description, or the text of their active version (if none is active, the
   * newest). Ignores case and matches parts of words.
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  search?: string;

  /**
   * Only prompts whose active version was last registered from this repository.
   * @example "acme/app"
   */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  repository?: string;

  /**
   * Only prompts whose active version was last registered from code in this folder.
   * @example "apps/shop/"
   */
  @IsOptional()
  @IsString()
  @MaxLength(1024)
  folder?: string;

  /** `true`: only retired prompts; `false`: only others. */
  @IsOptional()
  @IsIn(['true', 'false'])
  retired?: 'true' | 'false';

  /**
   * The order of the list. `-updated_at`: the last changed first. A new version, a moved pointer, retirement, and a new description, owner
   * or tags change a prompt. A prompt that changes between two pages moves to the front.
   */
  @IsIn(ORDERS)
  @ApiProperty({ enum: ORDERS, required: false, default: 'name' })
  sort: PromptOrder = 'name';
}
