import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { DEFAULT_API_KEY } from '../../../kernel/index.js';

export class OpenSessionDto {
  /** A project's key, or the instance's. The session has its rights for as long as the key is valid. */
  @IsString()
  @Length(1, 512)
  @ApiProperty({ example: DEFAULT_API_KEY })
  api_key!: string;
}
