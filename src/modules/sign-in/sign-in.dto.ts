import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

export class LoginQueryDto {
  /** Where the browser goes afterwards: a path of this service. Left out: `/`. */
  @IsOptional()
  @IsString()
  @ApiPropertyOptional({ example: '/' })
  return_to?: string;
}
