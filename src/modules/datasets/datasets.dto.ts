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
   * JSON Schema 2020-12 that the variables of every new item must match. Existing items are not checked. Omit it to keep it;
   * null removes it.
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
   * The name of the dataset.
   * @example "tickets"
   */
  name!: string;

  /** The purpose of the dataset; null when none was given. */
  description!: string | null;

  /** The version of its current content: SHA-256 over the sorted hashes of its items. Null before the first items. */
  @ApiProperty({ type: String, nullable: true, example: VERSION_EXAMPLE })
  version!: string | null;

  /** The current number of items. */
  @ApiInteger()
  item_count!: number;

  /** When the dataset was created. */
  @ApiTime()
  created_at!: string;

  /** When the dataset or its items last changed. */
  @ApiTime()
  updated_at!: string;
}

export class DatasetDto extends DatasetSummaryDto {
  /** JSON Schema that the variables of new items must match, as it was sent; null for none. */
  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true })
  variables_schema!: unknown;
}

export class DatasetListDto {
  /** The datasets, sorted by name. */
  @ApiProperty({ type: [DatasetSummaryDto] })
  datasets!: DatasetSummaryDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}

export class DatasetVersionDto {
  /**
   * SHA-256 over the sorted hashes of the version's items, in lower-case hex.
   * @example "210ee069290521ee51238357407136f6c83b41f4b92d06c78386d6147f4fd177"
   */
  version!: string;

  /** The number of items. */
  @ApiInteger()
  item_count!: number;

  /** Whether this is the current content of the dataset. */
  current!: boolean;

  /** When the dataset first had this content. */
  @ApiTime()
  created_at!: string;

  /** The name of the caller who caused the version. */
  created_by!: string;
}

export class DatasetVersionsDto {
  /** The versions, newest first. Content that returns is the same version as before, in its old place. */
  versions!: DatasetVersionDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}
