import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** The versions of a prompt that environments run. */
export interface RunningVersions {
  readonly newestVersion: number;
  /** Each environment and the number of the version that it points at, ordered by environment. */
  readonly environments: readonly (readonly [environment: string, versionNumber: number])[];
}

/** For each prompt, one backward step in the index of its numbers, and its pointers. */
const LIST = `SELECT wanted.prompt_id AS "promptId",
    (SELECT v.version_number FROM prompt_versions v WHERE v.project_id = $1 AND v.prompt_id = wanted.prompt_id
      ORDER BY v.version_number DESC LIMIT 1) AS "newestVersion",
    (SELECT coalesce(json_agg(json_build_array(pp.environment, v.version_number) ORDER BY pp.environment), '[]')
      FROM prompt_pointers pp JOIN prompt_versions v ON v.project_id = pp.project_id AND v.version_id = pp.version_id
      WHERE pp.project_id = $1 AND pp.prompt_id = wanted.prompt_id) AS environments
  FROM unnest($2::uuid[]) AS wanted (prompt_id)`;

@Injectable()
export class RunningVersionsRepository {
  /** Lists the running versions of all prompts of a page in one round trip. */
  async listByPrompt(
    tx: EntityManager,
    projectId: string,
    promptIds: readonly string[],
  ): Promise<ReadonlyMap<string, RunningVersions>> {
    if (promptIds.length === 0) return new Map();
    const rows = await tx.query<(RunningVersions & { readonly promptId: string })[]>(LIST, [
      projectId,
      promptIds,
    ]);
    return new Map(rows.map((row) => [row.promptId, row]));
  }
}
