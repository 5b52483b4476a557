import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger, ApiMoney } from '../../../infra/http/index.js';
import { ExperimentDto } from './experiment.dto.js';

/** The lower and the upper end of a 95 % interval. */
export const INTERVAL = {
  type: 'array',
  items: { type: 'number' },
  minItems: 2,
  maxItems: 2,
  nullable: true,
} as const;

const BY_K = { type: 'object', additionalProperties: { type: 'number' }, nullable: true } as const;

export class ExperimentProgressDto {
  /** The number of cells. */
  @ApiInteger()
  cells!: number;

  /** Wait for their turn. */
  @ApiInteger()
  queued!: number;

  /** Are under way: asked, answered or being scored. */
  @ApiInteger()
  running!: number;

  /** Have their answer, and what the scorers made of it. */
  @ApiInteger()
  succeeded!: number;

  /** Have no answer. */
  @ApiInteger()
  failed!: number;

  /** Were given up when the experiment was canceled or stopped. */
  @ApiInteger()
  canceled!: number;
}

export class CandidateLatencyDto {
  /** The median, in milliseconds; null where nothing succeeded. */
  p50!: number | null;

  /** The 95th percentile, in milliseconds. */
  p95!: number | null;
}

export class CandidateScoreDto {
  /** Label of the candidate. */
  candidate!: string;

  /** Name of the scorer. */
  scorer!: string;

  /** Its version. */
  @ApiInteger()
  scorer_version!: number;

  /** The number of items that were scored in all their repetitions. The figures below are of these. */
  @ApiInteger()
  n!: number;

  /** The mean of the items' means; null where n is 0. */
  mean!: number | null;

  /** The share of items that pass. */
  pass_rate!: number | null;

  /** Wilson's 95 % interval of the pass rate. */
  @ApiProperty({ ...INTERVAL, example: [0.396778, 0.892209] })
  pass_rate_interval!: readonly [number, number] | null;

  /** For each k, the chance that of k repetitions at least one passes, averaged over the items. */
  @ApiProperty({ ...BY_K, example: { '1': 0.7, '3': 0.991667 } })
  pass_at_k!: Readonly<Record<string, number>> | null;

  /** For each k, the chance that all of k repetitions pass (pass^k). */
  @ApiProperty({ ...BY_K, example: { '1': 0.7, '3': 0.291667 } })
  pass_hat_k!: Readonly<Record<string, number>> | null;

  /** Cells without a score: the candidate had no answer, or the scorer failed. */
  @ApiInteger()
  errors!: number;

  /** The cost of the candidate's executions so far, without judgements; null where it is unknown. */
  @ApiMoney()
  cost_usd!: string | null;

  /** The latency of the candidate. */
  latency_ms!: CandidateLatencyDto;
}

/** An experiment with how far it is and what has come of it. */
export class ExperimentDetailDto extends ExperimentDto {
  /** The progress. */
  progress!: ExperimentProgressDto;

  /** The cost of all its executions that are over, judgements included; null where that of any is unknown. */
  @ApiMoney()
  cost_usd!: string | null;

  /** The results of each candidate by each scorer. */
  @ApiProperty({ type: [CandidateScoreDto] })
  summary!: CandidateScoreDto[];
}
