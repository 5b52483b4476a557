import { formatPicoUsd } from '../../../kernel/index.js';
import type { ExperimentDto } from '../dto/experiment.dto.js';
import type { ExperimentRecord } from '../experiments.repository.js';

/** Converts an experiment to its form in the API. */
export function experimentView(record: ExperimentRecord): ExperimentDto {
  const { plan } = record;
  return {
    experiment_id: record.experimentId,
    name: record.name,
    status: record.status,
    cells: record.cellCount,
    expected_cost_usd: usdOrNull(record.expectedCostPicoUsd),
    max_cost_usd: usdOrNull(record.maxCostPicoUsd),
    dataset: { name: record.datasetName, version: record.datasetVersion, item_count: record.itemCount },
    candidates: plan.candidates.map((candidate) => ({ ...candidate })),
    scorers: plan.scorers.map(({ name, version_number, kind, checksum_hash }) => ({
      name,
      version_number,
      kind,
      checksum_hash,
    })),
    repetitions: plan.repetitions,
    pass_threshold: plan.pass_threshold,
    concurrency: plan.concurrency,
    environment: plan.environment,
    cache: plan.cache,
    created_by: record.createdBy,
    created_at: record.createdAt.toISOString(),
    started_at: record.startedAt?.toISOString() ?? null,
    completed_at: record.completedAt?.toISOString() ?? null,
    error: record.errorCode === null ? null : { code: record.errorCode, message: record.errorMessage ?? '' },
  };
}

export function usdOrNull(picoUsd: string | bigint | null): string | null {
  return picoUsd === null ? null : formatPicoUsd(BigInt(picoUsd));
}
