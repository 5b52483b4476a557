import type { RolloutArm, RolloutComparison, RolloutEstimate, RolloutLook } from '@prompt-ledger/client';

/** The estimate of a metric at one look. */
export interface SequencePoint extends RolloutEstimate {
  readonly look: RolloutLook;
  /** Units with a value, over both arms. */
  readonly units: number;
  readonly arms: Readonly<Record<RolloutArm, RolloutEstimate>>;
}

export type Scale = keyof RolloutComparison['effect'];

/** Names a metric in one of its roles, because one may be both primary and guardrail, with different bounds. */
export const nameMetric = ({ role, metric }: Pick<RolloutComparison, 'role' | 'metric'>) =>
  `${role} ${metric}`;

/**
 * Lists the effect on a metric in one step, look by look, oldest first. Of looks with the same units the last one counts.
 * @param looks newest first.
 */
export function listPoints(
  looks: readonly RolloutLook[],
  phase: number,
  metric: string,
  scale: Scale,
): readonly SequencePoint[] {
  const points: SequencePoint[] = [];
  for (const look of looks.toReversed()) {
    const found =
      look.phase === phase ? look.comparisons.find((each) => nameMetric(each) === metric) : undefined;
    if (found === undefined) continue;
    const units = found.arms.control.values + found.arms.candidate.values;
    if (points.at(-1)?.units === units) points.pop();
    points.push({ look, units, arms: found.arms, ...found.effect[scale] });
  }
  return points;
}

/** Bounds that are this many times farther away than the relevant values are cut off. */
const MOST_TIMES = 3;

/**
 * Returns the range of the axis: zero, the threshold, all estimates of the later half, and the bounds as far as the rest stays
 * distinguishable. Bounds are very wide early, and stay so on one side where the control is close to 0.
 */
export function rangeOf(
  points: readonly SequencePoint[],
  threshold: number,
): readonly [low: number, high: number] {
  const late = points.slice(Math.floor(points.length / 2));
  const last = late.at(-1);
  const matter = [
    0,
    threshold,
    ...late.map(({ estimate }) => estimate),
    ...(last === undefined || last.low === null || last.high === null
      ? []
      : [Math.abs(last.low) < Math.abs(last.high) ? last.low : last.high]),
  ].filter((value) => value !== null);
  const most = MOST_TIMES * Math.max(...matter.map(Math.abs));
  const bounds = late
    .flatMap(({ low, high }) => [low, high])
    .filter((value) => value !== null)
    .map((value) => Math.max(-most, Math.min(most, value)));
  const [low, high] = [Math.min(...matter, ...bounds), Math.max(...matter, ...bounds)];
  const room = (high - low || 1) * 0.08;
  return [low - room, high + room];
}
