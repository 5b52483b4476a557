import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';

export class GetPromptQueryDto {
  /**
   * Return as `active_version` the version that this environment runs: that of its own pointer, else the active one. A protected
   * environment runs only the former.
   */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, example: 'prod' })
  environment?: string;
}
