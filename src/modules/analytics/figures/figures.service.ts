import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../../infra/database/index.js';
import { formatPicoUsd, ValidationError } from '../../../kernel/index.js';
import type { TimeSpan } from '../time-spans.js';
import {
  type ExecutionFigures,
  ExecutionFiguresRepository,
  type FigureGroup,
  type GroupFigures,
} from './execution-figures.repository.js';
import type { ExecutionFiguresDto, FiguresDto, FiguresQueryDto, GroupFiguresDto } from './figures.dto.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Bounds the executions that one query has to read. */
const MAX_SPAN_MS = 366 * DAY_MS;
const MAX_HOURS = 31 * 24;

/** Measures executions. Always exact, because percentiles require reading each execution. */
@Injectable()
export class FiguresService {
  constructor(
    private readonly figures: ExecutionFiguresRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /** @throws ValidationError `VALIDATION_FAILED` for an empty or too long span, and for a version without a prompt. */
  async read(projectId: string, query: FiguresQueryDto): Promise<ExecutionFiguresDto> {
    const span = this.toSpan(query);
    if (query.version_number !== undefined && query.prompt_name === undefined) {
      throw refusal('Send prompt_name with version_number.', '/version_number', 'needs prompt_name');
    }
    const { total, groups } = await this.figures.read(projectId, {
      groupBy: query.group_by,
      span,
      promptName: query.prompt_name,
      versionNumber: query.version_number,
      model: query.model,
      environment: query.environment,
      ownerTeam: query.owner_team,
      keyId: query.api_key,
    });
    return {
      group_by: query.group_by,
      from: new Date(span.startMs).toISOString(),
      to: new Date(span.endMs).toISOString(),
      total: figuresDto(total),
      groups: everyGroup(query.group_by, span, groups).map((group) => groupDto(group, query.group_by)),
    };
  }

  private toSpan({ group_by: groupBy, from, to }: FiguresQueryDto): TimeSpan {
    const endMs = to?.getTime() ?? this.clock.now().getTime();
    const startMs = from?.getTime() ?? endMs - (groupBy === 'day' ? 30 * DAY_MS : DAY_MS);
    if (startMs >= endMs) {
      throw refusal('Send a from that is earlier than to.', '/from', 'must be earlier than to');
    }
    const most = groupBy === 'hour' ? MAX_HOURS * HOUR_MS : MAX_SPAN_MS;
    if (endMs - startMs > most) {
      throw refusal(
        'Ask for a shorter span.',
        '/from',
        `must be at most ${most / DAY_MS} days before to, with this grouping`,
      );
    }
    return { startMs, endMs };
  }
}

function refusal(detail: string, pointer: string, message: string): ValidationError {
  return new ValidationError(detail, [{ pointer, message }]);
}

/** Adds hours and days without executions. */
function everyGroup(groupBy: FigureGroup, span: TimeSpan, groups: readonly GroupFigures[]): GroupFigures[] {
  if (groupBy !== 'hour' && groupBy !== 'day') return [...groups];
  const unitMs = groupBy === 'hour' ? HOUR_MS : DAY_MS;
  const found = new Map(groups.map((group) => [group.key, group]));
  const all: GroupFigures[] = [];
  for (let ms = Math.floor(span.startMs / unitMs) * unitMs; ms < span.endMs; ms += unitMs) {
    const key = new Date(ms).toISOString();
    all.push(found.get(key) ?? { ...NOTHING, key });
  }
  return all;
}

const NOTHING: Omit<GroupFigures, 'key'> = {
  keyName: null,
  executions: 0,
  succeeded: 0,
  failed: 0,
  canceled: 0,
  cacheHits: 0,
  priced: 0,
  costPicoUsd: null,
  promptTokens: null,
  cachedPromptTokens: null,
  responseTokens: null,
  percentiles: null,
};

function groupDto(group: GroupFigures, groupBy: FigureGroup): GroupFiguresDto {
  const named = groupBy === 'api_key' ? { key_name: group.keyName } : {};
  return { key: group.key, ...named, ...figuresDto(group) };
}

function figuresDto(figures: ExecutionFigures): FiguresDto {
  const [p50, p95, p99] = figures.percentiles ?? [];
  const isKnown = p50 !== undefined && p95 !== undefined && p99 !== undefined;
  return {
    execution_count: figures.executions,
    succeeded_count: figures.succeeded,
    failed_count: figures.failed,
    canceled_count: figures.canceled,
    cache_hit_count: figures.cacheHits,
    cost_usd: figures.costPicoUsd === null ? null : formatPicoUsd(BigInt(figures.costPicoUsd)),
    unpriced_count: figures.executions - figures.priced,
    prompt_tokens: figures.promptTokens,
    cached_prompt_tokens: figures.cachedPromptTokens,
    response_tokens: figures.responseTokens,
    latency_ms: isKnown ? { p50, p95, p99 } : null,
  };
}
