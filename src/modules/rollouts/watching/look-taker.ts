import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../../infra/database/index.js';
import { decideLook } from '../deciding/decide-look.js';
import type { Decision, Look } from '../deciding/look.js';
import type { MetricRule, RolloutDefinition } from '../deciding/rollout-definition.js';
import { RolloutTransitions } from '../lifecycle/rollout-transitions.js';
import { type RolloutRecord, RolloutsRepository } from '../lifecycle/rollouts.repository.js';
import { CountedPhase } from './counted-phase.js';
import { elapsedMinutes } from './elapsed-minutes.js';
import { LooksRepository } from './looks.repository.js';
import { RolloutEventsRepository } from './rollout-events.repository.js';
import { TakingInRepository } from './taking-in.repository.js';
import type { WatchedRollout } from './watched-rollouts.repository.js';

/** Every look is kept for this many minutes of a step. After that, looks without a decision are kept less often. */
const EACH_KEPT_MIN = 10;
/** Maximum minutes between kept looks of an old step: half a minute. */
const MOST_BETWEEN_MIN = 0.5;

interface Counted {
  readonly phase: number;
  readonly counts: CountedPhase;
}

/**
 * Records what is new in a rollout, looks at it, and carries out the decision, all in one transaction. A killed process leaves nothing half
 * done, and of two concurrent processes one finds the cursor held. A decision is carried out only if the rollout is unchanged since the
 * look; otherwise the next look decides.
 */
@Injectable()
export class LookTaker {
  private readonly counted = new Map<string, Counted>();

  constructor(
    private readonly scope: TenantScope,
    private readonly rollouts: RolloutsRepository,
    private readonly transitions: RolloutTransitions,
    private readonly takingIn: TakingInRepository,
    private readonly events: RolloutEventsRepository,
    private readonly looks: LooksRepository,
  ) {}

  /** @returns the decision that was carried out; null when there was no look, or another process did it. */
  async take(watched: WatchedRollout): Promise<Decision | null> {
    const { projectId, rolloutId } = watched;
    try {
      return await this.scope.transaction(projectId, (tx) => this.takeIn(tx, watched));
    } catch (error) {
      // The counts may include events that were rolled back.
      this.counted.delete(rolloutId);
      throw error;
    }
  }

  /** Forgets finished rollouts. @param known the rollouts still watched. */
  keepOnly(known: ReadonlySet<string>): void {
    for (const rolloutId of this.counted.keys()) if (!known.has(rolloutId)) this.counted.delete(rolloutId);
  }

  private async takeIn(
    tx: EntityManager,
    { projectId, rolloutId }: WatchedRollout,
  ): Promise<Decision | null> {
    const started = (await this.rollouts.find(tx, projectId, rolloutId))?.startedAt ?? null;
    if (started === null) return null;
    const cursor = await this.takingIn.hold(tx, { projectId, rolloutId, startedAt: started });
    if (cursor === null) return null;
    // Read again under the cursor, because another process may have decided since the first read.
    const rollout = await this.rollouts.find(tx, projectId, rolloutId);
    if (rollout === null) return null;
    const definition: RolloutDefinition = { rolloutId, ...rollout.definition };
    const rules = listRules(definition);
    const { lastSequence } = await this.takingIn.takeIn(
      tx,
      { projectId, rolloutId, startedAt: started, rules, scorerIds: rollout.definition.scorerIds ?? {} },
      cursor,
    );
    if (rollout.status !== 'running') return null;
    const look = await this.look(tx, rollout, definition, Number(lastSequence));
    return look === null ? null : this.carryOut(tx, rollout, look);
  }

  /** @returns null when there is nothing new since the last look. */
  private async look(
    tx: EntityManager,
    rollout: RolloutRecord,
    definition: RolloutDefinition,
    lastSequence: number,
  ): Promise<Look | null> {
    const { projectId, rolloutId, phase } = rollout;
    const startedAt = rollout.phases.find((each) => each.phase === phase)?.startedAt;
    if (startedAt === undefined)
      throw new Error(`rollout ${rolloutId} is in step ${phase}, which never began`);
    const at = await this.looks.readTime(tx);
    const elapsedMin = elapsedMinutes(startedAt, at);
    const last = (await this.looks.findLast(tx, projectId, rolloutId, phase))?.figures ?? null;
    if (last !== null && !mayDiffer(definition, last, { elapsedMin, lastSequence })) return null;
    const counts = this.countPhase(projectId, definition, phase);
    await counts.read(tx, this.events);
    const look = decideLook(
      definition,
      counts.toState({ at, elapsedMin, lastSequence, leastRatioPValue: last?.ratioPValue ?? 1 }),
    );
    return isKept(look, last) ? look : null;
  }

  private countPhase(projectId: string, definition: RolloutDefinition, phase: number): CountedPhase {
    const { rolloutId } = definition;
    const known = this.counted.get(rolloutId);
    if (known?.phase === phase) return known.counts;
    const counts = new CountedPhase(projectId, definition, phase);
    this.counted.set(rolloutId, { phase, counts });
    return counts;
  }

  /** @returns null when the rollout changed since the look, which is then discarded. */
  private async carryOut(tx: EntityManager, rollout: RolloutRecord, look: Look): Promise<Decision | null> {
    const { projectId, rolloutId } = rollout;
    const { decision } = look;
    if (!(await this.perform(tx, rollout, decision))) return null;
    await this.looks.add(tx, projectId, rolloutId, look);
    return decision;
  }

  private async perform(tx: EntityManager, rollout: RolloutRecord, decision: Decision): Promise<boolean> {
    switch (decision.kind) {
      case 'continue':
        return true;
      case 'next_step':
        return this.transitions.advance(tx, rollout);
      case 'guardrail': {
        const outcome = decision.action === 'pause' ? 'paused' : 'rolled_back';
        return this.transitions.finish(tx, rollout, { outcome, reason: explainHarm(decision.metrics) });
      }
      case 'success':
        // `hold` leaves the decision to a person. Until then the split stays.
        if (decision.action === 'hold') return true;
        return this.transitions.finish(tx, rollout, {
          outcome: 'completed',
          reason: `${rollout.definition.primary.metric} is good enough`,
        });
    }
  }
}

function listRules({ primary, guardrails }: RolloutDefinition): MetricRule[] {
  const rules = new Map([primary, ...guardrails].map((rule) => [rule.metric, rule]));
  return [...rules.values()];
}

/** Only the end of the hold can change a decision when there are no new events. */
function mayDiffer(
  { steps }: RolloutDefinition,
  last: Look,
  now: Pick<Look, 'elapsedMin' | 'lastSequence'>,
): boolean {
  if (now.lastSequence > last.lastSequence) return true;
  if (last.decision.kind !== 'continue' && last.decision.kind !== 'success') return true;
  const holdMin = steps[last.phase]?.holdMin ?? 0;
  return last.elapsedMin < holdMin && now.elapsedMin >= holdMin;
}

/** Keeps every look that decides something, and only some of the others, so that a step of weeks does not leave a million. */
function isKept({ decision, elapsedMin }: Look, last: Look | null): boolean {
  if (last === null || decision.kind !== last.decision.kind) return true;
  if (decision.kind !== 'continue' && decision.kind !== 'success') return true;
  const between = Math.min(MOST_BETWEEN_MIN, Math.max(0, elapsedMin - EACH_KEPT_MIN) / 600);
  return elapsedMin - last.elapsedMin >= between;
}

function explainHarm(metrics: readonly string[]): string {
  return `${metrics.join(', ')} ${metrics.length === 1 ? 'is' : 'are'} worse than allowed`;
}
