import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { EntityManager } from 'typeorm';
import { type Arm, ARMS } from '../../../bucketing/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { decodeCursor, toPage } from '../../../infra/http/index.js';
import { decideLook } from '../deciding/decide-look.js';
import type { Look } from '../deciding/look.js';
import type { RolloutDefinition } from '../deciding/rollout-definition.js';
import { RolloutNotFoundError } from '../errors.js';
import { rolloutView } from '../lifecycle/rollout-views.js';
import {
  type PhaseRecord,
  type RolloutRecord,
  RolloutsRepository,
} from '../lifecycle/rollouts.repository.js';
import { comparisonView, lookView } from '../record/look-view.js';
import { CountedPhase } from '../watching/counted-phase.js';
import { elapsedMinutes } from '../watching/elapsed-minutes.js';
import { type LookRecord, LooksRepository } from '../watching/looks.repository.js';
import {
  type MetricDelay,
  type RolloutEventRecord,
  RolloutEventsRepository,
  type UnreadableOutcomes,
} from '../watching/rollout-events.repository.js';
import type {
  ListLooksQueryDto,
  ListRolloutEventsQueryDto,
  LookDto,
  LookListDto,
  RolloutEventListDto,
  RolloutExposureDto,
  RolloutValueDto,
} from '../record/looks.dto.js';
import type { ArmDelaysDto, ArmTotalsDto, PhaseFiguresDto, RolloutDetailDto } from './rollout-detail.dto.js';

/** Caches the events of this many steps, so that polling a rollout does not read all of them each time. */
const PHASES_KEPT = 32;
const KEPT_MS = 10 * 60_000;
const LOOKS_SHOWN = 20;

/** Reports the results of rollouts so far: figures of each step, every look, and the record behind the looks. */
@Injectable()
export class RolloutReportsService {
  private readonly counted = new LRUCache<string, CountedPhase>({ max: PHASES_KEPT, ttl: KEPT_MS });

  constructor(
    private readonly scope: TenantScope,
    private readonly rollouts: RolloutsRepository,
    private readonly events: RolloutEventsRepository,
    private readonly looks: LooksRepository,
  ) {}

  /** @throws RolloutNotFoundError `ROLLOUT_NOT_FOUND` */
  async get(projectId: string, rolloutId: string): Promise<RolloutDetailDto> {
    return this.scope.transaction(projectId, async (tx) => {
      const rollout = await this.find(tx, projectId, rolloutId);
      const at = await this.looks.readTime(tx);
      const lastLooks = await this.looks.listLastOfPhases(tx, projectId, rolloutId);
      const delays = await this.events.listDelays(tx, projectId, rolloutId);
      const phases: PhaseFiguresDto[] = [];
      for (const phase of rollout.phases) {
        const last = lastLooks.find(({ figures }) => figures.phase + 1 === phase.phase)?.figures ?? null;
        phases.push(await this.readPhase(tx, rollout, phase, { at, last, delays }));
      }
      const latest = await this.looks.list(tx, projectId, rolloutId, { limit: LOOKS_SHOWN });
      const names = listYesNoOutcomes(rollout.definition);
      const unreadable = await this.events.listUnreadable(tx, projectId, rolloutId, names);
      const view = rolloutView(rollout);
      return {
        ...view,
        warnings: [...view.warnings, ...unreadable.map(unreadableWarning)],
        phases,
        look_count: await this.looks.count(tx, projectId, rolloutId),
        looks: latest.map(numberedView),
      };
    });
  }

  /** Lists the newest first. @throws RolloutNotFoundError `ROLLOUT_NOT_FOUND` */
  async listLooks(projectId: string, rolloutId: string, query: ListLooksQueryDto): Promise<LookListDto> {
    const { limit, cursor } = query;
    const before = cursor === undefined ? undefined : decodeCursor(cursor, parsePosition);
    const found = await this.scope.transaction(projectId, async (tx) => {
      await this.find(tx, projectId, rolloutId);
      return this.looks.list(tx, projectId, rolloutId, { before, limit: limit + 1 });
    });
    const { entries, nextCursor } = toPage(found, limit, ({ look }) => look);
    return { looks: entries.map(numberedView), next_cursor: nextCursor };
  }

  /** Lists events in order. @throws RolloutNotFoundError `ROLLOUT_NOT_FOUND` */
  async listEvents(
    projectId: string,
    rolloutId: string,
    query: ListRolloutEventsQueryDto,
  ): Promise<RolloutEventListDto> {
    const { limit, cursor } = query;
    const after = cursor === undefined ? 0 : decodeCursor(cursor, parsePosition);
    const found = await this.scope.transaction(projectId, async (tx) => {
      await this.find(tx, projectId, rolloutId);
      return this.events.list(tx, projectId, rolloutId, { after, limit: limit + 1 });
    });
    const { entries, nextCursor } = toPage(found, limit, ({ sequence }) => sequence);
    return { events: entries.map(eventView), next_cursor: nextCursor };
  }

  private async find(tx: EntityManager, projectId: string, rolloutId: string): Promise<RolloutRecord> {
    const found = await this.rollouts.find(tx, projectId, rolloutId);
    if (found === null) throw new RolloutNotFoundError(rolloutId);
    return found;
  }

  /** Includes values that arrived after the step had ended and so decided nothing. */
  private async readPhase(
    tx: EntityManager,
    rollout: RolloutRecord,
    phase: PhaseRecord,
    { at, last, delays }: { at: string; last: Look | null; delays: readonly MetricDelay[] },
  ): Promise<PhaseFiguresDto> {
    const definition: RolloutDefinition = { rolloutId: rollout.rolloutId, ...rollout.definition };
    const counts = this.countPhase(rollout.projectId, definition, phase.phase);
    await counts.read(tx, this.events);
    const look = decideLook(
      definition,
      counts.toState({
        at,
        elapsedMin: elapsedMinutes(phase.startedAt, phase.endedAt ?? at),
        lastSequence: 0,
        leastRatioPValue: last?.ratioPValue ?? 1,
      }),
    );
    const totals = (arm: Arm) => totalsView(arm, look, counts);
    return {
      phase: phase.phase,
      percent: phase.percent,
      started_at: phase.startedAt,
      ended_at: phase.endedAt,
      alpha_per_test: look.alphaPerTest,
      arms: { control: totals('control'), candidate: totals('candidate') },
      ratio_p_value: look.ratioPValue,
      comparisons: look.comparisons.map((comparison) => ({
        ...comparisonView(comparison),
        delays: delaysView(comparison.metric, phase.phase, delays),
      })),
    };
  }

  private countPhase(projectId: string, definition: RolloutDefinition, phase: number): CountedPhase {
    const key = `${definition.rolloutId} ${phase}`;
    const known = this.counted.get(key);
    if (known !== undefined) return known;
    const counts = new CountedPhase(projectId, definition, phase);
    this.counted.set(key, counts);
    return counts;
  }
}

function listYesNoOutcomes({ primary, guardrails }: RolloutRecord['definition']): string[] {
  const names = [primary, ...guardrails].flatMap(({ metric, kind }) => {
    const name = /^outcome:(.*)$/su.exec(metric)?.[1];
    return kind === 'yes_no' && name !== undefined ? [name] : [];
  });
  return [...new Set(names)];
}

function unreadableWarning({ metric, count }: UnreadableOutcomes): string {
  const what = count === 1 ? '1 value is' : `${count} values are`;
  return `${metric} is watched as yes or no, and ${what} neither 0 nor 1: missing here. A rollout with "kind": "number" reads them.`;
}

function totalsView(arm: Arm, look: Look, counts: CountedPhase): ArmTotalsDto {
  const { succeeded, failed, canceled, cached, fallbacks, withoutKey } = counts.getTotals(arm);
  return {
    units: look.units[arm],
    executions: look.executions[arm],
    succeeded,
    failed,
    canceled,
    cached,
    fallbacks,
    without_unit_key: withoutKey,
  };
}

function delaysView(metric: string, phase: number, delays: readonly MetricDelay[]): ArmDelaysDto | null {
  if (!/^(?:score|outcome):/.test(metric)) return null;
  const [control, candidate] = ARMS.map((arm) => {
    const found = delays.find((each) => each.phase === phase && each.arm === arm && each.metric === metric);
    return found === undefined
      ? null
      : { median_ms: found.medianMs, p95_ms: found.p95Ms, max_ms: found.maxMs };
  });
  return { control: control ?? null, candidate: candidate ?? null };
}

function numberedView({ look, figures }: LookRecord): LookDto {
  return { look, ...lookView(figures) };
}

function eventView(event: RolloutEventRecord): RolloutExposureDto | RolloutValueDto {
  const { sequence, executionId: execution_id, metric, value } = event;
  if (event.kind === 'value' && metric !== null && value !== null) {
    return { kind: 'value', sequence, execution_id, metric, value, delay_ms: event.delayMs };
  }
  const { phase, arm, unit, status, isCached, isFallback } = event;
  return {
    kind: 'exposure',
    sequence,
    execution_id,
    phase,
    arm,
    unit,
    status: status ?? 'succeeded',
    cached: isCached === true,
    fallback: isFallback === true,
  };
}

function parsePosition(position: unknown): number | null {
  return Number.isSafeInteger(position) && Number(position) > 0 ? Number(position) : null;
}
