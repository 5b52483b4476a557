import type { ComparisonDto } from '../dto/comparison.dto.js';
import type { ExperimentDetailDto } from '../dto/experiment-detail.dto.js';

/** The facts that all reports share. */
export interface ReportContext {
  readonly experiment: ExperimentDetailDto;
  /** Compares every further candidate with the first, by each scorer. */
  readonly comparisons: readonly ComparisonDto[];
}
