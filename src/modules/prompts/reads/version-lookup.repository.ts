import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import type { ResolvedColumns } from '../prompt-versions.repository.js';
import { DEFAULT_POINTER } from '../default-pointer.js';
import { ALWAYS_KNOWN } from '../pointers/prompt-environments.js';

/** The version that a caller means: that with the number, else with the content, else of the environment, else the active one. */
export interface WantedVersion {
  readonly promptName: string;
  readonly environment: string;
  readonly versionNumber: number | null;
  /** Together with a number, the content that the caller expects under that number. */
  readonly templateHash: string | null;
}

/** How a version relates to an environment. */
interface Standing {
  /** Whether the environment's own pointer selected it. */
  readonly isOfEnvironment: boolean;
  readonly isProtected: boolean;
  /** Whether the environment points at it, or it was once approved there. */
  readonly isApproved: boolean;
  /** Whether the project allows the label. */
  readonly isKnown: boolean;
}

export interface LookedUpVersion extends ResolvedColumns {
  readonly standing: Standing;
}

/** Each way to find a version is a separate join, and each join is one index lookup. */
const LOOK_UP = `SELECT w.nth, p.prompt_id AS "promptId", p.mode AS "promptMode", v.version_id AS "versionId",
    v.version_number AS "versionNumber", v.template_source AS "templateSource", v.messages, v.content,
    v.checksum_hash AS "checksumHash", v.renderer,
    json_build_object(
      'isOfEnvironment', w.number IS NULL AND w.hash IS NULL AND (own.environment <> '${DEFAULT_POINTER}') IS TRUE,
      'isProtected', rules.protected IS TRUE,
      'isApproved', (v.version_id = own.version_id) IS TRUE OR EXISTS (SELECT FROM approved_versions a WHERE a.project_id = $1
        AND a.prompt_id = p.prompt_id AND a.environment = w.environment AND a.version_id = v.version_id)
        OR EXISTS (SELECT FROM rollouts r WHERE r.project_id = $1 AND r.prompt_id = p.prompt_id AND r.environment = w.environment
          AND r.status = 'running' AND r.candidate_version_id = v.version_id),
      'isKnown', rules.name IS NOT NULL OR w.environment = ANY ($3)
        OR project.settings ->> 'allow_unknown_environments' IS DISTINCT FROM 'false') AS standing
  FROM json_to_recordset($2::json) AS w(nth integer, name text, environment text, number integer, hash text)
  JOIN projects project ON project.project_id = $1
  JOIN prompts p ON p.project_id = $1 AND p.name = w.name AND p.deleted_at IS NULL
  LEFT JOIN environments rules ON rules.project_id = $1 AND rules.name = w.environment
  LEFT JOIN prompt_versions numbered ON w.number IS NOT NULL
    AND numbered.project_id = $1 AND numbered.prompt_id = p.prompt_id AND numbered.version_number = w.number
  LEFT JOIN prompt_versions hashed ON w.number IS NULL AND w.hash IS NOT NULL
    AND hashed.project_id = $1 AND hashed.prompt_id = p.prompt_id AND hashed.checksum_hash = w.hash
  LEFT JOIN prompt_pointers own ON own.project_id = $1 AND own.prompt_id = p.prompt_id AND own.environment = w.environment
  LEFT JOIN prompt_pointers active ON w.number IS NULL AND w.hash IS NULL AND own.version_id IS NULL
    AND active.project_id = $1 AND active.prompt_id = p.prompt_id AND active.environment = '${DEFAULT_POINTER}'
  LEFT JOIN prompt_versions v ON v.project_id = $1 AND v.version_id = CASE
    WHEN w.number IS NOT NULL THEN numbered.version_id
    WHEN w.hash IS NOT NULL THEN hashed.version_id
    ELSE coalesce(own.version_id, active.version_id) END`;

@Injectable()
export class VersionLookupRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Finds all in one round trip, in the order of the request; undefined where there is no such prompt. */
  async find(projectId: string, wanted: readonly WantedVersion[]): Promise<(LookedUpVersion | undefined)[]> {
    const asked = wanted.map((each, nth) => ({
      nth,
      name: each.promptName,
      environment: each.environment,
      number: each.versionNumber,
      hash: each.templateHash,
    }));
    const rows = await this.scope.statement<LookedUpVersion & { readonly nth: number }>(projectId, {
      name: 'look-up-versions',
      text: LOOK_UP,
      values: [projectId, JSON.stringify(asked), [...ALWAYS_KNOWN]],
    });
    const found = new Map(rows.map(({ nth, ...version }) => [nth, version]));
    return wanted.map((_, nth) => found.get(nth));
  }
}
