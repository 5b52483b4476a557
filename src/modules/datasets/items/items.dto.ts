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

/** The bound of a dataset, and so of a request. */
export const MAX_ITEMS = 100_000;
const MAX_PARTS = 10_000;
const MODES = ['append', 'replace'] as const;
const VERSION = /^[0-9a-f]{64}$/;

export type AddMode = (typeof MODES)[number];

const JSON_VALUE = { ...ANY_JSON, description: 'Any JSON.', example: 'Refund within 14 days.' };

/** For the document: items are read one by one, by `readItems`. */
export class NewItemDto {
  /**
   * Your id of the item, unique within the dataset: an item that is appended changes the one with its id.
   * @example "ticket-4711"
   */
  @ApiPropertyOptional({ type: String, nullable: true, minLength: 1, maxLength: 255 })
  external_id?: string | null;

  /** The variables that prompts are rendered with. Numbers and the order of keys are kept as they came. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { text: 'Where is my order?' } })
  variables!: Record<string, unknown>;

  /** The answer that is expected, for scorers: any JSON. Null is an answer, and not the same as none. */
  @ApiPropertyOptional(JSON_VALUE)
  expected?: unknown;

  /** Further facts about the item, of any kind. */
  @ApiPropertyOptional({ type: 'object', nullable: true, additionalProperties: true })
  metadata?: Record<string, unknown> | null;
}

export class AddItemsDto {
  /** The items; left out when they came in parts before. */
  @IsOptional()
  @IsArray({ message: 'must be an array' })
  @ArrayMaxSize(MAX_ITEMS)
  @ApiPropertyOptional({ type: [NewItemDto], maxItems: MAX_ITEMS })
  items?: unknown[] | null;

  /** `append` adds to the items there are, `replace` makes these all that there are. Default: `append`. */
  @IsOptional()
  @IsIn(MODES)
  @ApiPropertyOptional({ enum: MODES, nullable: true, default: 'append' })
  mode?: AddMode | null;

  /** Instead of `items`: the upload whose parts were sent with `items:stage`. */
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
  /** The upload that these items are a part of: a UUID of your own, a new one for each import. */
  @IsUUID()
  @ApiProperty({ format: 'uuid' })
  upload_id!: string;

  /** Which part this is, from 1. A part that is sent again takes the place of the former one. */
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
  /** The upload. */
  @ApiProperty({ format: 'uuid' })
  upload_id!: string;

  /** The part that was stored. */
  @ApiInteger()
  part!: number;

  /** The number of items that the upload has so far. */
  @ApiInteger()
  item_count!: number;
}

export class AddedItemsDto {
  /** The version that the dataset holds now; the one of before when nothing changed. */
  @ApiProperty({ example: VERSION_EXAMPLE })
  version!: string;

  /** The number of items. */
  @ApiInteger()
  item_count!: number;

  /** The number of items that are new. */
  @ApiInteger()
  added!: number;

  /** The number of items that replaced one with the same `external_id`. */
  @ApiInteger()
  changed!: number;

  /** The number of items that are gone. */
  @ApiInteger()
  removed!: number;
}

export class ListItemsQueryDto extends PageQueryDto {
  /** The version to read; left out: what the dataset holds now. */
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
   * SHA-256 of what the item holds, lower-case hex; equal items have the same.
   * @example "a692f4a170b9680f7a975db194b7aebcf88804841d63a5cc230055f1280866e0"
   */
  item_hash!: string;

  /** The execution that it was made from; null for an item that was sent. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  source_execution_id!: string | null;

  /** When it came into the dataset. */
  @ApiTime()
  created_at!: string;

  /** Your id of the item; left out where it has none. */
  @ApiPropertyOptional({ type: String, nullable: true, example: 'ticket-4711' })
  external_id?: string | null;

  /** When what it holds was erased with the execution that it was made from; left out while it is there. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  content_erased_at?: string;

  /** The variables as they came. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { text: 'Where is my order?' } })
  variables!: unknown;

  /** The answer that is expected; left out where the item has none. */
  @ApiPropertyOptional(JSON_VALUE)
  expected?: unknown;

  /** Further facts about the item; left out where there are none. */
  @ApiPropertyOptional({ type: 'object', nullable: true, additionalProperties: true })
  metadata?: unknown;
}

export class DatasetItemsDto {
  /** The version that the items are of; null of a dataset that never had items. */
  @ApiProperty({ type: String, nullable: true, example: VERSION_EXAMPLE })
  version!: string | null;

  /** Items, in the order in which they came into the dataset. A page of large items has fewer than `limit`. */
  @ApiProperty({ type: [DatasetItemDto] })
  items!: DatasetItemDto[];

  /** Send it as `cursor` to get the next page, of the same version; null on the last one. */
  next_cursor!: string | null;
}
