import { Injectable } from '@nestjs/common';
import { decodeCursor, toPage } from '../../../infra/http/index.js';
import { formatPicoUsd } from '../../../kernel/index.js';
import type { CostAnalyticsDto, CostsDto, CostsQueryDto, GroupCostsDto } from './costs.dto.js';
import {
  type CostGroup,
  type CostPosition,
  type Costs,
  ExecutionCostsRepository,
  type GroupCosts,
} from './execution-costs.repository.js';
import { toSpan } from '../to-span.js';

/** Reports the costs of executions. Always exact, in every digit. */
@Injectable()
export class CostsService {
  constructor(private readonly costs: ExecutionCostsRepository) {}

  /** @throws ValidationError `VALIDATION_FAILED` when `from` is later than `to`, and for an invalid cursor. */
  async list(projectId: string, query: CostsQueryDto): Promise<CostAnalyticsDto> {
    const { group_by: groupBy, prompt_name: promptName, cursor, limit } = query;
    const { total, groups } = await this.costs.list(projectId, {
      groupBy,
      promptName: promptName ?? null,
      span: toSpan(query),
      after: cursor === undefined ? null : decodeCursor(cursor, parsePosition),
      limit: limit + 1,
    });
    const { entries, nextCursor } = toPage(groups, limit, ({ rank, key }) => [rank, key]);
    return {
      group_by: groupBy,
      total: toDto(total),
      groups: entries.map((group) => groupDto(group, groupBy)),
      next_cursor: nextCursor,
    };
  }
}

function groupDto(group: GroupCosts, groupBy: CostGroup): GroupCostsDto {
  const named = groupBy === 'api_key' ? { key_name: group.keyName } : {};
  return { key: group.key, ...named, ...toDto(group) };
}

function toDto(costs: Costs): CostsDto {
  return {
    cost_usd: costs.costPicoUsd === null ? null : formatPicoUsd(costs.costPicoUsd),
    execution_count: costs.executions,
    priced_count: costs.priced,
    unpriced_count: costs.executions - costs.priced,
    prompt_tokens: costs.promptTokens,
    cached_prompt_tokens: costs.cachedPromptTokens,
    response_tokens: costs.responseTokens,
    reasoning_tokens: costs.reasoningTokens,
  };
}

const RANK = /^-?\d{1,60}$/;

function parsePosition(position: unknown): CostPosition | null {
  if (!Array.isArray(position)) return null;
  const [rank, key] = position as unknown[];
  if (typeof rank !== 'string' || !RANK.test(rank)) return null;
  return typeof key === 'string' || key === null ? { rank, key } : null;
}
