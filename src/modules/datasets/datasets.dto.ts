import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { ApiId, ApiInteger, ApiTime } from '../../infra/http/index.js';

export const VERSION_EXAMPLE = '210ee069290521ee51238357407136f6c83b41f4b92d06c78386d6147f4fd177';

export class PutDatasetDto {
  /**
   * The purpose of the dataset. Omit it to keep it; null removes it.
   * @example "Tickets that were hard to answer"
   */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  @ApiPropertyOptional({ type: String, nullable: true })
  description?: string | null;

  /**
   * JSON Schema 2020-12 that the variables of every item have to fit from now on; items that are there already are not looked at.
   * Omit it to keep it; null removes it.
   */
  @IsOptional()
  @IsObject({ message: 'must be a JSON object' })
  @ApiPropertyOptional({ type: 'object', nullable: true, additionalProperties: true })
  variables_schema?: Record<string, unknown> | null;
}

export class DatasetSummaryDto {
  /** Id of the dataset. */
  @ApiId()
  dataset_id!: string;

  /**
   * Its name.
   * @example "tickets"
   */
  name!: string;

  /** The purpose of the dataset; null when none was given. */
  description!: string | null;

  /** The version of what it holds now: SHA-256 over the sorted hashes of its items. Null before the first items. */
  @ApiProperty({ type: String, nullable: true, example: VERSION_EXAMPLE })
  version!: string | null;

  /** The number of items that it holds now. */
  @ApiInteger()
  item_count!: number;

  /** When it was made. */
  @ApiTime()
  created_at!: string;

  /** When it or its items last changed. */
  @ApiTime()
  updated_at!: string;
}

export class DatasetDto extends DatasetSummaryDto {
  /** JSON Schema that the variables of new items have to fit, as it was sent; null for none. */
  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true })
  variables_schema!: unknown;
}

export class DatasetListDto {
  /** Datasets, by name. */
  @ApiProperty({ type: [DatasetSummaryDto] })
  datasets!: DatasetSummaryDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}

export class DatasetVersionDto {
  /**
   * SHA-256 over the sorted hashes of its items, lower-case hex.
   * @example "210ee069290521ee51238357407136f6c83b41f4b92d06c78386d6147f4fd177"
   */
  version!: string;

  /** The number of items. */
  @ApiInteger()
  item_count!: number;

  /** Whether the dataset holds this now. */
  current!: boolean;

  /** When the dataset held this for the first time. */
  @ApiTime()
  created_at!: string;

  /** The name of the caller who brought it about. */
  created_by!: string;
}

export class DatasetVersionsDto {
  /** Versions, newest first. Content that came back is the version that it was before, in its old place. */
  versions!: DatasetVersionDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}
