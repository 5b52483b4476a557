import { PROMPT_NAME, ValidationError } from '../../../kernel/index.js';
import { type MetricRule, resolveMetric } from '../deciding/rollout-definition.js';
import type { CreateRolloutDto, RolloutMetricDto } from './rollouts.dto.js';
import type { StoredDefinition } from './rollouts.repository.js';

interface Fault {
  readonly pointer: string;
  readonly message: string;
}

const DEFAULT_MIN_UNITS = 100;
const DEFAULT_ALPHA = 0.05;
const UNKNOWN_METRIC =
  'must be score:<scorer>, outcome:<name>, error_rate, schema_valid, latency_p95_ms, latency_p50_ms, cost_usd or output_tokens';
const NO_NAME =
  'must end with the name of a scorer or an outcome: 1 to 200 characters of letters, digits, "_", "-", "." and "/"';
const KNOWN_KINDS_ONLY = 'can only be said of a score or an outcome';

/** Returns the scorers, or the outcomes, that the request names. */
export function listNamed(
  { primary, guardrails }: CreateRolloutDto,
  prefix: 'score:' | 'outcome:',
): string[] {
  return [primary, ...(guardrails ?? [])]
    .filter(({ metric }) => metric.startsWith(prefix))
    .map(({ metric }) => metric.slice(prefix.length));
}

/**
 * Reads the definition from a request, and fills in what it leaves out.
 * @param yesNo for each known score and outcome, whether its values are only yes or no.
 * @throws ValidationError `VALIDATION_FAILED` with a pointer for each fault.
 */
export function readDefinition(
  request: CreateRolloutDto,
  yesNo: Readonly<Record<string, boolean>>,
): StoredDefinition {
  const faults: Fault[] = [...findStepFaults(request), ...findKindFaults(request)];
  const saidKinds = listSaidKinds(request);
  const read = (asked: RolloutMetricDto, pointer: string): MetricRule | null => {
    const rule = readMetric(asked, saidKinds, yesNo);
    if (typeof rule !== 'string') return rule;
    faults.push({
      pointer: rule === KNOWN_KINDS_ONLY ? `${pointer}/kind` : `${pointer}/metric`,
      message: rule,
    });
    return null;
  };
  const primary = read(request.primary, '/primary');
  const guardrails = (request.guardrails ?? []).map((asked, nth) => read(asked, `/guardrails/${nth}`));
  guardrails.forEach((rule, nth) => {
    const first = guardrails.findIndex((other) => other?.metric === rule?.metric);
    if (rule !== null && first < nth)
      faults.push({ pointer: `/guardrails/${nth}/metric`, message: `is that of guardrail ${first} as well` });
  });
  if (primary === null || faults.length > 0)
    throw new ValidationError(
      'The rollout cannot be read as it stands; correct what errors points at.',
      faults,
    );
  return {
    steps: request.steps.map(({ percent, hold_min: holdMin }) => ({ percent, holdMin: holdMin ?? 0 })),
    minUnits: request.min_units ?? DEFAULT_MIN_UNITS,
    primary,
    guardrails: guardrails.filter((rule) => rule !== null),
    alpha: request.alpha ?? DEFAULT_ALPHA,
    onGuardrail: request.on_guardrail ?? 'roll_back',
    onSuccess: request.on_success ?? 'hold',
  };
}

/** A growing share moves units to the candidate only, so no unit alternates between the versions. */
function findStepFaults({ steps }: CreateRolloutDto): Fault[] {
  return steps.flatMap(({ percent }, nth) => {
    const before = steps[nth - 1]?.percent;
    if (before === undefined || percent > before) return [];
    return [
      { pointer: `/steps/${nth}/percent`, message: `must be more than the ${before} of the step before` },
    ];
  });
}

/** The values of a metric are stored once, so the primary metric and a guardrail cannot read them as two kinds. */
function findKindFaults({ primary, guardrails }: CreateRolloutDto): Fault[] {
  return (guardrails ?? []).flatMap(({ metric, kind }, nth) => {
    const isOther =
      metric === primary.metric && kind != null && primary.kind != null && kind !== primary.kind;
    if (!isOther) return [];
    return [{ pointer: `/guardrails/${nth}/kind`, message: `must be ${primary.kind} as in primary` }];
  });
}

/** Keyed by metric. A kind stated in one place applies wherever the metric is named. */
function listSaidKinds({ primary, guardrails }: CreateRolloutDto): ReadonlyMap<string, 'yes_no' | 'number'> {
  return new Map(
    [...(guardrails ?? []), primary].flatMap(({ metric, kind }) => (kind == null ? [] : [[metric, kind]])),
  );
}

/** @returns a description of the problem if the metric is invalid. */
function readMetric(
  { metric, direction, max_regression: maxRegression, kind }: RolloutMetricDto,
  saidKinds: ReadonlyMap<string, 'yes_no' | 'number'>,
  yesNo: Readonly<Record<string, boolean>>,
): MetricRule | string {
  const name = /^(?:score|outcome):(.*)$/su.exec(metric)?.[1];
  if (name !== undefined && !PROMPT_NAME.test(name)) return NO_NAME;
  const isNamed = name !== undefined;
  if (!isNamed && kind != null) return KNOWN_KINDS_ONLY;
  const rule = resolveMetric(metric, {
    ...(direction == null ? {} : { direction }),
    ...(maxRegression == null ? {} : { maxRegression }),
    kind: saidKinds.get(metric) ?? defaultKind(metric, yesNo),
  });
  return rule ?? UNKNOWN_METRIC;
}

/**
 * Defaults to yes or no, whose bounds are exact for any share and any rate. Other numbers then count as missing, unless the rollout sets
 * kind `number`.
 */
function defaultKind(metric: string, yesNo: Readonly<Record<string, boolean>>): 'yes_no' | 'number' {
  return Object.hasOwn(yesNo, metric) && yesNo[metric] === false ? 'number' : 'yes_no';
}
