import { randomUUID } from 'node:crypto';
import { type Arm, assignArm, bucketUnit } from '../../../bucketing/index.js';
import { DEFAULT_POINTER } from '../default-pointer.js';

/** A rollout that runs beside a pointer of a prompt. */
export interface RunningRollout {
  readonly rolloutId: string;
  /** The current step, from 1. */
  readonly phase: number;
  /** The candidate's share of all units. */
  readonly percent: number;
  /** Version number of the candidate. The control is the version that the pointer selects. */
  readonly candidateVersion: number;
}

/** The arm of a unit. */
export interface AssignedArm {
  readonly rollout: RunningRollout;
  readonly arm: Arm;
  /** A number from 0 to 0.9999. */
  readonly bucket: number;
}

/** Keyed by the environment of the pointer. */
export type RunningRolloutsRow = Readonly<Record<string, RunningRollout>>;

/** Executions there are runs of the service itself, or of people trying things out. */
const NEVER_SPLIT: ReadonlySet<string> = new Set(['experiment', 'playground']);

/** A key fixes the bucket of its unit. A request without one gets a random bucket, because no later request can belong to it. */
export function assignUnit(rollout: RunningRollout, unitKey: string | null): AssignedArm {
  const bucket = bucketUnit(rollout.rolloutId, unitKey ?? randomUUID());
  return { rollout, arm: assignArm(bucket, rollout.percent), bucket };
}

/** The rollouts beside the pointers of a prompt. */
export class RunningRollouts {
  private readonly rollouts: ReadonlyMap<string, RunningRollout>;

  constructor(row: RunningRolloutsRow) {
    this.rollouts = new Map(Object.entries(row));
  }

  /** @param hasPointer whether the environment has a pointer of its own. Without one it runs the active version and its rollout. */
  find(environment: string, hasPointer: boolean): RunningRollout | null {
    if (NEVER_SPLIT.has(environment)) return null;
    return this.rollouts.get(hasPointer ? environment : DEFAULT_POINTER) ?? null;
  }

  get size(): number {
    return this.rollouts.size;
  }
}

/** A {@link RunningRolloutsRow} of a prompt `p`; null when no rollout runs. */
export const RUNNING_ROLLOUTS = `(SELECT json_object_agg(r.environment, json_build_object('rolloutId', r.rollout_id, 'phase', r.phase,
        'percent', (r.definition -> 'steps' -> (r.phase - 1) ->> 'percent')::float8,
        'candidateVersion', (SELECT v.version_number FROM prompt_versions v
          WHERE v.project_id = r.project_id AND v.version_id = r.candidate_version_id)))
      FROM rollouts r WHERE r.project_id = p.project_id AND r.prompt_id = p.prompt_id AND r.status = 'running')`;
