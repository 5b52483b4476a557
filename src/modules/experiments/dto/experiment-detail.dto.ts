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

  /** Cells that wait for their turn. */
  @ApiInteger()
  queued!: number;

  /** Cells that are waiting for an answer or being scored. */
  @ApiInteger()
  running!: number;

  /** Cells with an answer and the results of the scorers. */
  @ApiInteger()
  succeeded!: number;

  /** Cells without an answer. */
  @ApiInteger()
  failed!: number;

  /** Cells that were abandoned when the experiment was canceled or stopped. */
  @ApiInteger()
  canceled!: number;
}

export class CandidateLatencyDto {
  /** The median, in milliseconds; null when nothing succeeded. */
  p50!: number | null;

  /** The 95th percentile, in milliseconds. */
  p95!: number | null;
}

export class CandidateScoreDto {
  /** Label of the candidate. */
  candidate!: string;

  /** Name of the scorer. */
  scorer!: string;

  /** The version of the scorer. */
  @ApiInteger()
  scorer_version!: number;

  /** The number of items that were scored in all their repetitions. The figures below cover these items. */
  @ApiInteger()
  n!: number;

  /** The mean of the items' means; null when n is 0. */
  mean!: number | null;

  /** The share of items that pass. */
  pass_rate!: number | null;

  /** Wilson's 95 % interval of the pass rate. */
  @ApiProperty({ ...INTERVAL, example: [0.396778, 0.892209] })
  pass_rate_interval!: readonly [number, number] | null;

  /** For each k, the chance that at least one of k repetitions passes, averaged over the items. */
  @ApiProperty({ ...BY_K, example: { '1': 0.7, '3': 0.991667 } })
  pass_at_k!: Readonly<Record<string, number>> | null;

  /** For each k, the chance that all of k repetitions pass (pass^k). */
  @ApiProperty({ ...BY_K, example: { '1': 0.7, '3': 0.291667 } })
  pass_hat_k!: Readonly<Record<string, number>> | null;

  /** Cells without a score: the candidate had no answer, or the scorer failed. */
  @ApiInteger()
  errors!: number;

  /** The cost of the candidate's executions so far, without judgements; null when it is unknown. */
  @ApiMoney()
  cost_usd!: string | null;

  /** The latency of the candidate. */
  latency_ms!: CandidateLatencyDto;
}

/** An experiment with its progress and results. */
export class ExperimentDetailDto extends ExperimentDto {
  /** The progress. */
  progress!: ExperimentProgressDto;

  /** The cost of all final executions, including judgements; null when the cost of one is unknown. */
  @ApiMoney()
  cost_usd!: string | null;

  /** The results of each candidate by each scorer. */
  @ApiProperty({ type: [CandidateScoreDto] })
  summary!: CandidateScoreDto[];
}
