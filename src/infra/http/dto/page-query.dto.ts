import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { MAX_CURSOR_CHARS } from './cursor.js';
import { FromText, toInteger } from './dto.decorators.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** The query of every list; a list with filters extends it. */
export class PageQueryDto {
  /** The most entries that a page has. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT })
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MAX_LIMIT)
  limit: number = DEFAULT_LIMIT;

  /** The `next_cursor` of the page before. Opaque. */
  @ApiPropertyOptional({ type: String })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_CURSOR_CHARS)
  cursor?: string;
}
