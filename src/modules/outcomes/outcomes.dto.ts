import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches, ValidateBy } from 'class-validator';
import { ApiId, ApiTime, PageQueryDto } from '../../infra/http/index.js';
import { ANY_CASE_UUID, PROMPT_NAME_RULE } from '../../kernel/index.js';

const UUID_RULE = { message: 'must be a UUID' };

/** The name of a metric, optionally with the prefix `outcome:` that rollouts use. */
const METRIC = /^(?:outcome:)?[A-Za-z0-9_\-./]{1,200}$/;
const METRIC_RULE = { message: `${PROMPT_NAME_RULE}, with or without "outcome:" before it` };

const VALUE = {
  oneOf: [{ type: 'number' }, { type: 'boolean' }],
  example: true,
};

function IsOutcomeValue(): PropertyDecorator {
  return ValidateBy({
    name: 'isOutcomeValue',
    validator: {
      validate: (value) => typeof value === 'boolean' || Number.isFinite(value),
      defaultMessage: () => 'must be a finite number, true or false',
    },
  });
}

export class RecordOutcomeDto {
  /** The execution; any of the project, even one that is not final. Alternative to `correlation_id`. */
  @IsOptional()
  @Matches(ANY_CASE_UUID, UUID_RULE)
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uuid',
    example: '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10',
  })
  execution_id?: string | null;

  /** All executions with this id of yours, at most 1,000. Alternative to `execution_id`. */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  correlation_id?: string | null;

  /** The name of the metric. `outcome:resolved`, as in rollouts, is the same as `resolved`. */
  @Matches(METRIC, METRIC_RULE)
  @ApiProperty({ pattern: METRIC.source, example: 'resolved' })
  metric!: string;

  /** The value of the outcome. */
  @IsOutcomeValue()
  @ApiProperty(VALUE)
  value!: number | boolean;
}

export class OutcomeDto {
  /** Id of the outcome. */
  @ApiId()
  outcome_id!: string;

  /** The execution. */
  @ApiId()
  execution_id!: string;

  /** The name of the metric. */
  metric!: string;

  /** The value of the outcome as sent: a number, true or false. */
  @ApiProperty(VALUE)
  value!: number | boolean;

  /** Name of the caller who sent it. */
  created_by!: string;

  /** When the outcome was recorded. */
  @ApiTime()
  created_at!: string;
}

export class RecordedOutcomeDto extends OutcomeDto {
  /** Whether this request recorded the outcome. False: an earlier one exists, which counts and is shown here. */
  recorded!: boolean;
}

/** The outcome of the execution; if there are several, that of the newest. */
export class RecordOutcomeResultDto extends OutcomeDto {
  /** Whether this request recorded anything. False: each of the executions already had a value, and the first counts. */
  recorded!: boolean;

  /** The outcome of each execution, newest execution first. */
  outcomes!: RecordedOutcomeDto[];
}

export class OutcomeListDto {
  /** Latest first. */
  outcomes!: OutcomeDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}

export class ListOutcomesQueryDto extends PageQueryDto {
  /** Only outcomes of this execution. */
  @IsOptional()
  @Matches(ANY_CASE_UUID, UUID_RULE)
  @ApiPropertyOptional({ type: String, format: 'uuid' })
  execution_id?: string;

  /** Only outcomes of this metric. */
  @IsOptional()
  @Matches(METRIC, METRIC_RULE)
  @ApiPropertyOptional({ type: String, example: 'resolved' })
  metric?: string;
}
