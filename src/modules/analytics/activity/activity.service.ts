import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../../infra/database/index.js';
import { formatPicoUsd } from '../../../kernel/index.js';
import type { ActivityDto, ActivityQueryDto, PromptActivityDto } from './activity.dto.js';
import { ActivityRepository, type DayOfPrompt } from './activity.repository.js';

const DAY_MS = 86_400_000;

/** Reports the executions and costs of prompts for each day. The figures are exact at every moment. */
@Injectable()
export class ActivityService {
  constructor(
    private readonly activity: ActivityRepository,
    private readonly clock: DatabaseClock,
  ) {}

  async read(projectId: string, query: ActivityQueryDto): Promise<ActivityDto> {
    const days = listDays(this.clock.now(), query.days);
    const promptIds = query.prompt_ids.toLowerCase().split(',');
    const found = await this.activity.list(projectId, promptIds, days);
    const byDay = new Map(found.map((each) => [`${each.promptId} ${each.day}`, each]));
    return {
      days,
      prompts: promptIds.map((id) =>
        promptActivity(
          id,
          days.map((day) => byDay.get(`${id} ${day}`)),
        ),
      ),
    };
  }
}

/** Lists `count` days, ending with that of `now`. */
function listDays(now: Date, count: number): string[] {
  return Array.from({ length: count }, (_, at) =>
    new Date(now.getTime() - (count - 1 - at) * DAY_MS).toISOString().slice(0, 10),
  );
}

function promptActivity(promptId: string, days: readonly (DayOfPrompt | undefined)[]): PromptActivityDto {
  const priced = days.filter((day) => day !== undefined && day.priced > 0);
  const executions = days.reduce((sum, day) => sum + (day?.executions ?? 0), 0);
  const cost = priced.reduce((sum, day) => sum + BigInt(day?.costPicoUsd ?? 0), 0n);
  return {
    prompt_id: promptId,
    execution_counts: days.map((day) => day?.executions ?? 0),
    costs_usd: days.map((day) =>
      day === undefined || day.priced === 0 ? null : formatPicoUsd(BigInt(day.costPicoUsd)),
    ),
    execution_count: executions,
    cost_usd: priced.length === 0 ? null : formatPicoUsd(cost),
    unpriced_count: executions - days.reduce((sum, day) => sum + (day?.priced ?? 0), 0),
  };
}
