import { ApiProperty } from '@nestjs/swagger';

const STATES = ['up', 'down'] as const;
const STATUSES = ['ok', 'degraded', 'down'] as const;

export class HealthChecksDto {
  /** Whether Postgres answers. */
  @ApiProperty({ enum: STATES })
  database!: (typeof STATES)[number];

  /** Whether the bell (Redis, or Postgres LISTEN/NOTIFY) answers. Without it queued work starts up to a second later. */
  @ApiProperty({ enum: STATES })
  queue!: (typeof STATES)[number];
}

export class HealthDto {
  /** `degraded`: only the bell is down; everything works, a little later. */
  @ApiProperty({ enum: STATUSES })
  status!: (typeof STATUSES)[number];

  /** What was looked at. */
  checks!: HealthChecksDto;
}

export class ReadinessDto extends HealthDto {
  /** What an operator should look at, in sentences. */
  warnings!: string[];
}

export class LivenessDto {
  /** Always `ok`: the process answers. */
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}
