import { ApiProperty } from '@nestjs/swagger';
import { ApiTime } from '../../infra/http/index.js';

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
  /** `degraded`: only the bell is down, so everything works with a small delay. */
  @ApiProperty({ enum: STATUSES })
  status!: (typeof STATUSES)[number];

  /** The result of each check. */
  checks!: HealthChecksDto;
}

export class CircuitDto {
  /** Id of the provider. */
  provider!: string;

  /** The provider's name for the model. */
  model_name!: string;

  /** `open`: too many calls failed, so none is made for now. `half_open`: the result of one trial call decides. */
  @ApiProperty({ enum: ['open', 'half_open'] })
  state!: 'open' | 'half_open';

  /** When the next call is tried; `null` while `half_open`. */
  @ApiTime()
  retry_at!: string | null;
}

export class ReadinessDto extends HealthDto {
  /** Sentences about problems that an operator should look at. */
  warnings!: string[];

  /** Models that this process does not call for now, because too many calls failed. Other processes may call them. */
  circuits!: CircuitDto[];
}

export class LivenessDto {
  /** Always `ok`: the process answers. */
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}
