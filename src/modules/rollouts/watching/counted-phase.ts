import type { EntityManager } from 'typeorm';
import type { Arm } from '../../../bucketing/index.js';
import type { PhaseState } from '../deciding/phase-state.js';
import type { RolloutDefinition } from '../deciding/rollout-definition.js';
import { PhaseTally } from '../record/phase-tally.js';
import type { CountedEvent, RolloutEventsRepository } from './rollout-events.repository.js';

/** How an arm's executions were answered and ended. */
export interface ArmTotals {
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
  readonly cached: number;
  readonly fallbacks: number;
  /** Requests without a `unit_key`, each of which is a unit. */
  readonly withoutKey: number;
}

/** Events in one document. Parsing it blocks the event loop for about two milliseconds. */
const PAGE = 2000;

/** The events of one step, kept in memory as they are read, so that each is read only once. */
export class CountedPhase {
  private readonly tally: PhaseTally;
  private readonly totals: Record<Arm, Record<keyof ArmTotals, number>> = {
    control: newTotals(),
    candidate: newTotals(),
  };
  private lastSequence = 0;
  /** Serializes readers. */
  private reading: Promise<void> = Promise.resolve();

  /** @param phase counted from 1. */
  constructor(
    private readonly projectId: string,
    private readonly definition: RolloutDefinition,
    private readonly phase: number,
  ) {
    this.tally = new PhaseTally(phase - 1, definition);
  }

  /** Reads new events. They include uncommitted ones of this transaction, so it must not be rolled back. */
  async read(tx: EntityManager, events: RolloutEventsRepository): Promise<void> {
    const turn = this.reading.catch(() => undefined).then(() => this.readOn(tx, events));
    this.reading = turn;
    await turn;
  }

  toState(look: Pick<PhaseState, 'at' | 'elapsedMin' | 'lastSequence' | 'leastRatioPValue'>): PhaseState {
    return this.tally.toState(look);
  }

  getTotals(arm: Arm): ArmTotals {
    return { ...this.totals[arm] };
  }

  private async readOn(tx: EntityManager, events: RolloutEventsRepository): Promise<void> {
    const { rolloutId } = this.definition;
    let page: readonly CountedEvent[];
    do {
      const from = { phase: this.phase, after: this.lastSequence, limit: PAGE };
      page = await events.listOfPhase(tx, this.projectId, rolloutId, from);
      for (const event of page) this.add(event);
    } while (page.length === PAGE);
  }

  private add(event: CountedEvent): void {
    const [sequence, arm, unit, metric, value, , , , , measures] = event;
    this.lastSequence = sequence;
    if (metric === null) {
      this.tally.expose({ arm, unit });
      this.count(event);
      for (const [name, measured] of Object.entries(measures ?? {})) {
        this.tally.addValue({ metric: name, value: measured }, { arm, unit });
      }
    } else if (value !== null) {
      this.tally.addValue({ metric, value }, { arm, unit });
    }
  }

  private count([, arm, , , , status, isCached, isFallback, isOwnUnit]: CountedEvent): void {
    const totals = this.totals[arm];
    if (status !== null) totals[status] += 1;
    if (isCached === true) totals.cached += 1;
    if (isFallback === true) totals.fallbacks += 1;
    if (isOwnUnit) totals.withoutKey += 1;
  }
}

function newTotals(): Record<keyof ArmTotals, number> {
  return { succeeded: 0, failed: 0, canceled: 0, cached: 0, fallbacks: 0, withoutKey: 0 };
}
