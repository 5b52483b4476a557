import { Injectable } from '@nestjs/common';
import type { PromptMode, PromptVersionEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { DEFAULT_POINTER } from '../prompts/index.js';

type VersionColumns = Pick<
  PromptVersionEntity,
  | 'promptId'
  | 'versionId'
  | 'versionNumber'
  | 'checksumHash'
  | 'templateSource'
  | 'messages'
  | 'createdAt'
  | 'firstRegistration'
  | 'latestRegistration'
>;

/** A version with the facts about its prompt. */
export interface VersionRecord extends VersionColumns {
  readonly mode: PromptMode;
  readonly isActive: boolean;
}

const LIST = `SELECT p.mode, p.prompt_id AS "promptId", v.version_id AS "versionId", v.version_number AS "versionNumber", v.checksum_hash AS "checksumHash",
    v.template_source AS "templateSource", v.messages, v.created_at AS "createdAt",
    v.first_registration AS "firstRegistration", v.latest_registration AS "latestRegistration",
    EXISTS (SELECT FROM prompt_pointers pp WHERE pp.project_id = v.project_id AND pp.prompt_id = v.prompt_id
      AND pp.environment = '${DEFAULT_POINTER}' AND pp.version_id = v.version_id) AS "isActive"
  FROM prompts p JOIN prompt_versions v ON v.project_id = p.project_id AND v.prompt_id = p.prompt_id
  WHERE p.project_id = $1 AND p.name = $2 AND p.deleted_at IS NULL ORDER BY v.version_number DESC`;

@Injectable()
export class HistoryRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Lists versions, newest first. Empty only without such a prompt, because a prompt is created with its first version. */
  async listVersions(projectId: string, name: string): Promise<VersionRecord[]> {
    const statement = { name: 'list-history', text: LIST, values: [projectId, name] };
    return this.scope.statement<VersionRecord & Record<string, unknown>>(projectId, statement);
  }
}
