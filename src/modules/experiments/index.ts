export type { ComparisonDto } from './dto/comparison.dto.js';
export { ExperimentNotFoundError } from './errors.js';
export { type ExperimentRecord, ExperimentsRepository } from './experiments.repository.js';
export {
  ExperimentReadsModule,
  ExperimentsHttpModule,
  ExperimentsRunnerModule,
} from './experiments.module.js';
export { ComparisonsService } from './results/comparisons.service.js';
export { ResultsRepository } from './results/results.repository.js';
