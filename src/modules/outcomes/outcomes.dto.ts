import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches, ValidateBy } from 'class-validator';
import { ApiId, ApiTime, PageQueryDto } from '../../infra/http/index.js';
import { PROMPT_NAME_RULE } from '../../kernel/index.js';

const ANY_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const UUID_RULE = { message: 'must be a UUID' };

/** A name as others have it; `outcome:` before it is how rollouts write it. */
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
  /** The execution; any of the project, also one that is not over. Instead of `correlation_id`. */
  @IsOptional()
  @Matches(ANY_UUID, UUID_RULE)
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uuid',
    example: '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10',
  })
  execution_id?: string | null;

  /** All executions that there are with this id of yours, 1,000 at most. Instead of `execution_id`. */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  correlation_id?: string | null;

  /** The name of the metric. `outcome:resolved`, as rollouts write it, is the same as `resolved`. */
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

  /** The value of the outcome, as it was sent: a number, true or false. */
  @ApiProperty(VALUE)
  value!: number | boolean;

  /** The name of the caller who sent it. */
  created_by!: string;

  /** When. */
  @ApiTime()
  created_at!: string;
}

export class RecordedOutcomeDto extends OutcomeDto {
  /** Whether this request recorded it. False: there was one before, which counts and is shown here. */
  recorded!: boolean;
}

/** The outcome of the execution; of several, that of the newest. */
export class RecordOutcomeResultDto extends OutcomeDto {
  /** Whether this request recorded anything. False: there was a value for each of the executions before, and the first counts. */
  recorded!: boolean;

  /** The outcome of each execution, newest execution first. */
  outcomes!: RecordedOutcomeDto[];
}

export class OutcomeListDto {
  /** The latest first. */
  outcomes!: OutcomeDto[];

  /** For the next page; null on the last. */
  next_cursor!: string | null;
}

export class ListOutcomesQueryDto extends PageQueryDto {
  /** Only those of this execution. */
  @IsOptional()
  @Matches(ANY_UUID, UUID_RULE)
  @ApiPropertyOptional({ type: String, format: 'uuid' })
  execution_id?: string;

  /** Only those of this metric. */
  @IsOptional()
  @Matches(METRIC, METRIC_RULE)
  @ApiPropertyOptional({ type: String, example: 'resolved' })
  metric?: string;
}
