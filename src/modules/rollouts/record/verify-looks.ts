import { decideLook } from '../deciding/decide-look.js';
import type { Look } from '../deciding/look.js';
import type { PhaseState } from '../deciding/phase-state.js';
import { compareJson, type JsonDifference } from './compare-json.js';
import { PhaseTally } from './phase-tally.js';
import type { Exposure, RolloutEvent, RolloutRecord } from './rollout-record.js';

/** A difference between a recorded look and its recomputation. */
export interface LookDifference extends JsonDifference {
  /** Index of the look, counted from 0. */
  readonly look: number;
}

export interface Verification {
  readonly looks: number;
  readonly differences: readonly LookDifference[];
}

const MS_PER_MINUTE = 60_000;

/**
 * Recomputes every look of a record from its exposures and values alone, and compares. Figures may differ by rounding in their last digits;
 * decisions may not.
 */
export function verifyLooks(record: RolloutRecord): Verification {
  const differences = recomputeLooks(record).flatMap((expected, look) =>
    compareJson(record.looks[look], expected).map((difference) => ({ look, ...difference })),
  );
  return { looks: record.looks.length, differences };
}

/** Recomputes each recorded look, at its own time and from the events received by then. */
export function recomputeLooks({ definition, phases, events, looks }: RolloutRecord): Look[] {
  const replay = new Replay(definition, events);
  const startedAt = new Map(phases.map(({ phase, startedAt: at }) => [phase, Date.parse(at)]));
  const leastPValues = new Map<number, number>();
  return looks.map(({ phase, at, lastSequence }) => {
    const elapsedMs = Date.parse(at) - (startedAt.get(phase) ?? NaN);
    const state = replay.stateAt(phase, {
      at,
      lastSequence,
      // A look at a step that never began has no duration.
      elapsedMin: Number.isFinite(elapsedMs) ? elapsedMs / MS_PER_MINUTE : 0,
      leastRatioPValue: leastPValues.get(phase) ?? 1,
    });
    const look = decideLook(definition, state);
    leastPValues.set(phase, look.ratioPValue);
    return look;
  });
}

/** Processes the events once, as long as looks come in order. An earlier look starts over. */
class Replay {
  private readonly sorted: readonly RolloutEvent[];
  private position = 0;
  private lastSequence = -Infinity;
  private tallies = new Map<number, PhaseTally>();
  private exposures = new Map<string, Exposure>();
  /** Keyed by execution and metric, because the first value counts. */
  private seen = new Set<string>();

  constructor(
    private readonly definition: RolloutRecord['definition'],
    events: readonly RolloutEvent[],
  ) {
    this.sorted = [...events].sort((a, b) => a.sequence - b.sequence);
  }

  stateAt(phase: number, look: Omit<PhaseState, 'phase' | 'arms'>): PhaseState {
    if (look.lastSequence < this.lastSequence) this.begin();
    this.lastSequence = look.lastSequence;
    for (; this.position < this.sorted.length; this.position += 1) {
      const event = this.sorted[this.position];
      if (event === undefined || event.sequence > look.lastSequence) break;
      this.add(event);
    }
    return this.getTally(phase).toState(look);
  }

  private begin(): void {
    this.position = 0;
    this.tallies = new Map();
    this.exposures = new Map();
    this.seen = new Set();
  }

  private add(event: RolloutEvent): void {
    if (event.kind === 'exposure') {
      if (this.exposures.has(event.executionId)) return;
      this.exposures.set(event.executionId, event);
      return this.getTally(event.phase).expose(event);
    }
    const exposure = this.exposures.get(event.executionId);
    const key = JSON.stringify([event.executionId, event.metric]);
    if (exposure === undefined || this.seen.has(key)) return;
    this.seen.add(key);
    this.getTally(exposure.phase).addValue(event, exposure);
  }

  private getTally(phase: number): PhaseTally {
    const known = this.tallies.get(phase);
    if (known !== undefined) return known;
    const made = new PhaseTally(phase, this.definition);
    this.tallies.set(phase, made);
    return made;
  }
}
