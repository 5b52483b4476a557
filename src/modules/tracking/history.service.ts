import { Injectable } from '@nestjs/common';
import { ExecutionCounts } from '../analytics/index.js';
import { PromptNotFoundError } from '../prompts/index.js';
import { toRegistration } from '../versions/index.js';
import type { HistoryVersionDto, PromptHistoryDto } from './history.dto.js';
import { HistoryRepository, type VersionRecord } from './history.repository.js';

/** Shows a prompt's contents over time, their places in code, and how often each was run. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly history: HistoryRepository,
    private readonly counts: ExecutionCounts,
  ) {}

  /** Finds a prompt in either mode. @throws PromptNotFoundError `PROMPT_NOT_FOUND` */
  async get(projectId: string, name: string): Promise<PromptHistoryDto> {
    const versions = await this.history.listVersions(projectId, name);
    const [newest] = versions;
    if (newest === undefined) throw new PromptNotFoundError(name);
    const counts = await this.counts.byVersion(projectId, newest.promptId);
    return {
      prompt_name: name,
      mode: newest.mode,
      current_version: versions.find(({ isActive }) => isActive)?.versionNumber ?? null,
      versions: versions.map((version) => historyVersion(version, counts.get(version.versionId) ?? 0)),
    };
  }
}

function historyVersion(version: VersionRecord, executionCount: number): HistoryVersionDto {
  const { templateSource, messages } = version;
  return {
    version: version.versionNumber,
    template_hash: version.checksumHash,
    ...(templateSource === null ? {} : { template_source: templateSource }),
    ...(messages === null ? {} : { messages }),
    created_at: version.createdAt.toISOString(),
    execution_count: executionCount,
    git: toRegistration(version),
  };
}
