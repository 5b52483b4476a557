import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

export class LoginQueryDto {
  /** The path of this service to open afterwards. Default: `/`. */
  @IsOptional()
  @IsString()
  @ApiPropertyOptional({ example: '/' })
  return_to?: string;
}
