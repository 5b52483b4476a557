import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';

export class GetPromptQueryDto {
  /**
   * Answer with the version that this environment runs as `active_version`: the one its pointer stands at, else the active one. A
   * protected environment runs nothing else than the former.
   */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, example: 'prod' })
  environment?: string;
}
