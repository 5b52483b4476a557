import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Dimension, NO_ID, listParts } from './count-parts.js';
import type { TimeSpan } from '../time-spans.js';

/** Final executions by one key of prompts of one team. */
export interface UsageRow {
  /** Null for the admin, and where it is unknown. */
  readonly keyId: string | null;
  /** Null for an unknown key. */
  readonly keyName: string | null;
  /** The prompt's team when it ran; null for none. */
  readonly ownerTeam: string | null;
  readonly executions: number;
}

export interface UsageQuery {
  readonly promptId: string;
  readonly environment: string;
  /** Whether to include every environment without its own pointer. */
  readonly withUnpointed: boolean;
  readonly span: TimeSpan;
}

/** Two columns at once, because a row of the counts has both. */
const KEY_AND_TEAM: Dimension = {
  ofRollup: 'key_id, owner_team',
  ofDelta: 'key_id, owner_team',
  ofExecution: `coalesce(key_id, '${NO_ID}'::uuid), coalesce(owner_team, '')`,
};

/** Reads from the exact counts which keys run a prompt. */
@Injectable()
export class ExecutionUsageRepository {
  /** Lists the busiest first. */
  async list(tx: EntityManager, projectId: string, query: UsageQuery): Promise<UsageRow[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const promptId = bind(query.promptId);
    const environment = bind(query.environment);
    const unpointed = `environment NOT IN (SELECT environment FROM prompt_pointers WHERE project_id = $1 AND prompt_id = ${promptId}::uuid)`;
    const inEnvironment = query.withUnpointed
      ? `(environment = ${environment}::text OR ${unpointed})`
      : `environment = ${environment}::text`;
    const parts = listParts({ dimension: KEY_AND_TEAM, measures: ['executions'], span: query.span }, bind);
    const counted = parts.map(({ sql }) => `${sql} AND prompt_id = ${promptId}::uuid AND ${inEnvironment}`);
    return tx.query<UsageRow[]>(
      `WITH part (key_id, owner_team, executions) AS (${counted.join(' UNION ALL ')}), counted AS (
         SELECT nullif(key_id, '${NO_ID}'::uuid) AS key_id, nullif(owner_team, '') AS owner_team, sum(executions)::float8 AS executions
         FROM part GROUP BY 1, 2)
       SELECT c.key_id AS "keyId", k.name AS "keyName", c.owner_team AS "ownerTeam", c.executions
       FROM counted c LEFT JOIN api_keys k ON k.project_id = $1 AND k.key_id = c.key_id
       ORDER BY c.executions DESC, c.key_id, c.owner_team`,
      values,
    );
  }
}
