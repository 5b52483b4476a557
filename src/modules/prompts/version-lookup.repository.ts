import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../infra/database/index.js';
import type { ResolvedColumns } from './prompt-versions.repository.js';
import { DEFAULT_POINTER } from './prompts.repository.js';

/** Which version somebody means: the one of that number, else the one of that content, else the active one. */
export interface WantedVersion {
  readonly promptName: string;
  readonly versionNumber: number | null;
  /** With a number it says which content that number is taken for. */
  readonly templateHash: string | null;
}

/** Each way to a version is a join of its own, and each a step in an index. */
const LOOK_UP = `SELECT w.nth, p.prompt_id AS "promptId", p.mode AS "promptMode", v.version_id AS "versionId",
    v.version_number AS "versionNumber", v.template_source AS "templateSource", v.messages, v.content,
    v.checksum_hash AS "checksumHash", v.renderer
  FROM json_to_recordset($2::json) AS w(nth integer, name text, number integer, hash text)
  JOIN prompts p ON p.project_id = $1 AND p.name = w.name AND p.deleted_at IS NULL
  LEFT JOIN prompt_versions numbered ON w.number IS NOT NULL
    AND numbered.project_id = $1 AND numbered.prompt_id = p.prompt_id AND numbered.version_number = w.number
  LEFT JOIN prompt_versions hashed ON w.number IS NULL AND w.hash IS NOT NULL
    AND hashed.project_id = $1 AND hashed.prompt_id = p.prompt_id AND hashed.checksum_hash = w.hash
  LEFT JOIN prompt_pointers pointer ON w.number IS NULL AND w.hash IS NULL
    AND pointer.project_id = $1 AND pointer.prompt_id = p.prompt_id AND pointer.environment = '${DEFAULT_POINTER}'
  LEFT JOIN prompt_versions v ON v.project_id = $1
    AND v.version_id = coalesce(numbered.version_id, hashed.version_id, pointer.version_id)`;

@Injectable()
export class VersionLookupRepository {
  constructor(private readonly scope: TenantScope) {}

  /** In one trip, in the order asked; undefined where there is no such prompt. */
  async find(projectId: string, wanted: readonly WantedVersion[]): Promise<(ResolvedColumns | undefined)[]> {
    const asked = wanted.map(({ promptName: name, versionNumber: number, templateHash: hash }, nth) => ({
      nth,
      name,
      number,
      hash,
    }));
    const rows = await this.scope.statement<ResolvedColumns & { readonly nth: number }>(projectId, {
      name: 'look-up-versions',
      text: LOOK_UP,
      values: [projectId, JSON.stringify(asked)],
    });
    const found = new Map(rows.map(({ nth, ...version }) => [nth, version]));
    return wanted.map((_, nth) => found.get(nth));
  }
}
