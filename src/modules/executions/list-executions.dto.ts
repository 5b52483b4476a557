import { IsIn, IsOptional, IsString } from 'class-validator';
import type { ExecutionStatus } from '../../entities/index.js';
import { IsPromptName, IsQueryTime, PageQueryDto } from '../../infra/http/index.js';
import { STATUSES } from './executions.dto.js';

/** None yet; the class makes an unknown query parameter a 400. */
export class GetExecutionQueryDto {}

export class ListExecutionsQueryDto extends PageQueryDto {
  /** Only of this prompt. */
  @IsOptional()
  @IsPromptName()
  prompt_name?: string;

  /** Only with this status. */
  @IsOptional()
  @IsIn(STATUSES)
  status?: ExecutionStatus;

  /** Only with this label. */
  @IsOptional()
  @IsString()
  environment?: string;

  /** Only with this id of yours. */
  @IsOptional()
  @IsString()
  correlation_id?: string;

  /** Only those made later than this. */
  @IsOptional()
  @IsQueryTime()
  created_after?: Date;

  /** Only those made earlier than this. */
  @IsOptional()
  @IsQueryTime()
  created_before?: Date;
}
