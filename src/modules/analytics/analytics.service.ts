import { Injectable } from '@nestjs/common';
import type { PromptMode } from '../../entities/index.js';
import type {
  ModeAnalyticsDto,
  ModeCountsDto,
  PromptAnalyticsDto,
  PromptAnalyticsQueryDto,
} from './analytics.dto.js';
import { ExecutionCountsRepository, type ModeCounts } from './counts/execution-counts.repository.js';
import { toSpan } from './to-span.js';

/** Counts the executions of prompts and their outcomes. Always exact: every answered execution is counted. */
@Injectable()
export class AnalyticsService {
  constructor(private readonly counts: ExecutionCountsRepository) {}

  /** @throws ValidationError `VALIDATION_FAILED` when `from` is later than `to`. */
  async ofPrompts(
    projectId: string,
    query: PromptAnalyticsQueryDto,
  ): Promise<PromptAnalyticsDto | ModeAnalyticsDto> {
    const filter = { promptName: query.prompt_name ?? null, span: toSpan(query) };
    const counts = await this.counts.byMode(projectId, filter);
    const full = findCounts(counts, 'full');
    const tracking = findCounts(counts, 'tracking');
    if (query.mode !== 'all') return modeAnalytics(query.mode === 'full' ? full : tracking);
    return {
      summary: {
        total_executions: full.executions + tracking.executions,
        full_mode_prompts: full.promptCount,
        tracking_mode_prompts: tracking.promptCount,
      },
      by_mode: { full: modeCounts(full), tracking: modeCounts(tracking) },
    };
  }
}

function findCounts(counts: readonly ModeCounts[], mode: PromptMode): ModeCounts {
  const found = counts.find((each) => each.mode === mode);
  if (found === undefined) throw new Error(`no counts of mode ${mode}`);
  return found;
}

function modeCounts({ executions, latencyCount, latencySumMs }: ModeCounts): ModeCountsDto {
  return {
    execution_count: executions,
    avg_latency_ms: latencyCount === 0 ? null : latencySumMs / latencyCount,
  };
}

function modeAnalytics(counts: ModeCounts): ModeAnalyticsDto {
  return {
    mode: counts.mode,
    prompt_count: counts.promptCount,
    ...modeCounts(counts),
    total_prompt_tokens: counts.promptTokens,
    total_response_tokens: counts.responseTokens,
  };
}
