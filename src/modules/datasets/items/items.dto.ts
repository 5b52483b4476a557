import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsUUID,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { ANY_JSON, ApiId, ApiInteger, ApiTime, PageQueryDto } from '../../../infra/http/index.js';
import { VERSION_EXAMPLE } from '../datasets.dto.js';

/** The limit of a dataset, and therefore of a request. */
export const MAX_ITEMS = 100_000;
const MAX_PARTS = 10_000;
const MODES = ['append', 'replace'] as const;
const VERSION = /^[0-9a-f]{64}$/;

export type AddMode = (typeof MODES)[number];

const JSON_VALUE = { ...ANY_JSON, description: 'Any JSON.', example: 'Refund within 14 days.' };

/** Describes an item for the OpenAPI document. `readItems` validates items one by one. */
export class NewItemDto {
  /**
   * Your id of the item, unique within the dataset. An appended item replaces the one with the same id.
   * @example "ticket-4711"
   */
  @ApiPropertyOptional({ type: String, nullable: true, minLength: 1, maxLength: 255 })
  external_id?: string | null;

  /** The variables that prompts are rendered with. Numbers and the order of keys are preserved. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { text: 'Where is my order?' } })
  variables!: Record<string, unknown>;

  /** The expected answer for scorers, as any JSON. Null is a value, and different from no expected answer. */
  @ApiPropertyOptional(JSON_VALUE)
  expected?: unknown;

  /** Any further data about the item. */
  @ApiPropertyOptional({ type: 'object', nullable: true, additionalProperties: true })
  metadata?: Record<string, unknown> | null;
}

export class AddItemsDto {
  /** The items; left out when they were staged in parts before. */
  @IsOptional()
  @IsArray({ message: 'must be an array' })
  @ArrayMaxSize(MAX_ITEMS)
  @ApiPropertyOptional({ type: [NewItemDto], maxItems: MAX_ITEMS })
  items?: unknown[] | null;

  /** `append` adds to the existing items; `replace` removes all others. Default: `append`. */
  @IsOptional()
  @IsIn(MODES)
  @ApiPropertyOptional({ enum: MODES, nullable: true, default: 'append' })
  mode?: AddMode | null;

  /** The upload whose parts were sent with `items:stage`, instead of `items`. */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true })
  upload_id?: string | null;

  /** The number of parts of the upload. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_PARTS)
  @ApiPropertyOptional({ type: 'integer', nullable: true, minimum: 1, maximum: MAX_PARTS })
  parts?: number | null;
}

export class StageItemsDto {
  /** The upload that these items belong to: a UUID of your own, different for each import. */
  @IsUUID()
  @ApiProperty({ format: 'uuid' })
  upload_id!: string;

  /** The number of this part, from 1. A part that is sent again replaces the earlier one. */
  @IsInt()
  @Min(1)
  @Max(MAX_PARTS)
  @ApiProperty({ type: 'integer', minimum: 1, maximum: MAX_PARTS })
  part!: number;

  /** The items of this part. */
  @IsArray({ message: 'must be an array' })
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_ITEMS)
  @ApiProperty({ type: [NewItemDto], minItems: 1, maxItems: MAX_ITEMS })
  items!: unknown[];
}

export class StagedItemsDto {
  /** The id of the upload. */
  @ApiProperty({ format: 'uuid' })
  upload_id!: string;

  /** The number of the stored part. */
  @ApiInteger()
  part!: number;

  /** The number of items that the upload has so far. */
  @ApiInteger()
  item_count!: number;
}

export class AddedItemsDto {
  /** The dataset's current version, which stays the same when nothing changed. */
  @ApiProperty({ example: VERSION_EXAMPLE })
  version!: string;

  /** The number of items. */
  @ApiInteger()
  item_count!: number;

  /** The number of new items. */
  @ApiInteger()
  added!: number;

  /** The number of items that replaced one with the same `external_id`. */
  @ApiInteger()
  changed!: number;

  /** The number of removed items. */
  @ApiInteger()
  removed!: number;
}

export class ListItemsQueryDto extends PageQueryDto {
  /** The version to read; left out for the current content of the dataset. */
  @IsOptional()
  @Matches(VERSION, { message: 'must be 64 characters of 0-9 and a-f' })
  @ApiPropertyOptional({ type: String, pattern: VERSION.source })
  version?: string;
}

export class DatasetItemDto {
  /** Id of the item in this dataset. */
  @ApiId()
  item_id!: string;

  /**
   * SHA-256 of the item's content, in lower-case hex; equal items have the same.
   * @example "a692f4a170b9680f7a975db194b7aebcf88804841d63a5cc230055f1280866e0"
   */
  item_hash!: string;

  /** The execution that it was made from; null for an item that was sent. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  source_execution_id!: string | null;

  /** When the item was added to the dataset. */
  @ApiTime()
  created_at!: string;

  /** Your id of the item; left out when it has none. */
  @ApiPropertyOptional({ type: String, nullable: true, example: 'ticket-4711' })
  external_id?: string | null;

  /** When the content was erased with the execution that it was made from; left out while it exists. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  content_erased_at?: string;

  /** The variables as they were sent. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { text: 'Where is my order?' } })
  variables!: unknown;

  /** The expected answer; left out when the item has none. */
  @ApiPropertyOptional(JSON_VALUE)
  expected?: unknown;

  /** Further data about the item; left out when there is none. */
  @ApiPropertyOptional({ type: 'object', nullable: true, additionalProperties: true })
  metadata?: unknown;
}

export class DatasetItemsDto {
  /** The version that the items belong to; null for a dataset that never had items. */
  @ApiProperty({ type: String, nullable: true, example: VERSION_EXAMPLE })
  version!: string | null;

  /** The items in the order in which they were added. A page of large items may have fewer than `limit`. */
  @ApiProperty({ type: [DatasetItemDto] })
  items!: DatasetItemDto[];

  /** Send it as `cursor` to get the next page, of the same version; null on the last one. */
  next_cursor!: string | null;
}
