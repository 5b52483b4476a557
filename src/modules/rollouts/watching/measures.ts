/** SQL for the value of each metric of an execution `x` itself; NULL for none. Other metrics are scores and outcomes. */
const MEASURES: Readonly<Record<string, string>> = {
  error_rate: `CASE x.status WHEN 'failed' THEN 1 WHEN 'succeeded' THEN 0 END`,
  schema_valid: 'x.output_valid::integer',
  latency_p50_ms: `CASE WHEN x.status = 'succeeded' THEN x.latency_ms END`,
  latency_p95_ms: `CASE WHEN x.status = 'succeeded' THEN x.latency_ms END`,
  cost_usd: 'x.cost_pico_usd::double precision / 1e12',
  output_tokens: 'x.response_tokens',
};

/** The maximum number of measures of one exposure. They are numbered after the exposure. */
export const MOST_MEASURES = Object.keys(MEASURES).length;

/** Returns whether executions themselves have the metric. */
export function isMeasured(metric: string): boolean {
  return Object.hasOwn(MEASURES, metric);
}

/** Returns the distance from the number of one exposure to the next: one for itself, and one for each measure. */
export function sequenceStep(measured: readonly string[]): number {
  return 1 + measured.length;
}

/**
 * Returns SQL for the measures of an execution `x` as one JSON object, without those that have no value.
 * @param measured metrics for which {@link isMeasured} holds.
 */
export function selectMeasures(measured: readonly string[]): string {
  if (measured.length === 0) return 'NULL';
  const members = measured.map((metric) => `'${metric}', ${MEASURES[metric]}`);
  return `json_strip_nulls(json_build_object(${members.join(', ')}))`;
}
