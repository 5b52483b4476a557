import { Injectable } from '@nestjs/common';
import type { PromptEntity, PromptVersionEntity } from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { WITH_ACTIVE_VERSION, joinVersion } from '../prompt-versions.repository.js';

type PromptColumns = Pick<
  PromptEntity,
  | 'promptId'
  | 'name'
  | 'mode'
  | 'description'
  | 'ownerTeam'
  | 'tags'
  | 'retiredAt'
  | 'createdAt'
  | 'updatedAt'
>;

type ActiveVersionColumns = Pick<
  PromptVersionEntity,
  'versionId' | 'versionNumber' | 'checksumHash' | 'templateSource' | 'messages' | 'content' | 'variables'
>;

/** A prompt with its active version, or the one of an environment, at one revision. */
export interface PromptRead {
  readonly prompt: PromptColumns;
  /** Null when none is active. */
  readonly active: ActiveVersionColumns | null;
  readonly promptRevision: number;
}

type ReadRow = PromptColumns & {
  readonly [Key in keyof ActiveVersionColumns]: ActiveVersionColumns[Key] | null;
} & { readonly promptRevision: number };

const read = (
  version: string,
) => `SELECT p.prompt_id AS "promptId", p.name, p.mode, p.description, p.owner_team AS "ownerTeam", p.tags,
    p.retired_at AS "retiredAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt", p.registry_revision::float8 AS "promptRevision",
    v.version_id AS "versionId", v.version_number AS "versionNumber", v.checksum_hash AS "checksumHash",
    v.template_source AS "templateSource", v.messages, v.content, v.variables
  FROM prompts p
  ${version}
  WHERE p.project_id = $1 AND p.name = $2 AND p.deleted_at IS NULL`;

const READ_ACTIVE = read(WITH_ACTIVE_VERSION);
const READ_IN_ENVIRONMENT = read(joinVersion('$3'));

@Injectable()
export class PromptReadsRepository {
  constructor(private readonly scope: TenantScope) {}

  /**
   * Reads a prompt in one round trip.
   * @param environment whose version the answer has as the active one; null for `default`.
   * @returns null if there is no such prompt.
   */
  async find(projectId: string, name: string, environment: string | null): Promise<PromptRead | null> {
    const [row] = await this.scope.statement<ReadRow>(
      projectId,
      environment === null
        ? { name: 'read-prompt', text: READ_ACTIVE, values: [projectId, name] }
        : {
            name: 'read-prompt-in-environment',
            text: READ_IN_ENVIRONMENT,
            values: [projectId, name, environment],
          },
    );
    if (row === undefined) return null;
    const { promptRevision } = row;
    return {
      prompt: row,
      active: row.versionId === null ? null : (row as ActiveVersionColumns),
      promptRevision,
    };
  }
}
