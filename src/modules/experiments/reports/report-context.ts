import type { ComparisonDto } from '../dto/comparison.dto.js';
import type { ExperimentDetailDto } from '../dto/experiment-detail.dto.js';

/** The facts that all reports share. */
export interface ReportContext {
  readonly experiment: ExperimentDetailDto;
  /** Every further candidate against the first, by each scorer. */
  readonly comparisons: readonly ComparisonDto[];
}
