import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Look } from '../deciding/look.js';

export interface LookRecord {
  /** Number of the look: 1, 2, 3 … in order. */
  readonly look: number;
  readonly figures: Look;
}

const READ = `SELECT k.look, k.figures FROM rollout_looks k WHERE k.project_id = $1 AND k.rollout_id = $2`;

/** One statement suffices, because nobody else takes a number while the cursor is held. */
const ADD = `WITH numbered AS (
    UPDATE rollout_cursors SET looks = looks + 1 WHERE project_id = $1 AND rollout_id = $2 RETURNING looks
  )
  INSERT INTO rollout_looks (project_id, rollout_id, look, phase, last_sequence, decision, looked_at, figures)
  SELECT $1, $2, n.looks, $3, $4, $5, $6, $7 FROM numbered n`;

const COUNT = `SELECT c.looks FROM rollout_cursors c WHERE c.project_id = $1 AND c.rollout_id = $2`;

const LAST_OF_PHASES = `SELECT DISTINCT ON (k.phase) k.look, k.figures FROM rollout_looks k
  WHERE k.project_id = $1 AND k.rollout_id = $2 ORDER BY k.phase, k.look DESC`;

/** Stores looks at rollouts. */
@Injectable()
export class LooksRepository {
  /** Requires the lock on the cursor. */
  async add(tx: EntityManager, projectId: string, rolloutId: string, look: Look): Promise<void> {
    await tx.query(ADD, [
      projectId,
      rolloutId,
      look.phase + 1,
      look.lastSequence,
      look.decision.kind,
      look.at,
      JSON.stringify(look),
    ]);
  }

  /** Lists the newest first. @param before only looks before this one. */
  list(
    tx: EntityManager,
    projectId: string,
    rolloutId: string,
    { before, limit }: { readonly before?: number | undefined; readonly limit: number },
  ): Promise<LookRecord[]> {
    const text = `${READ} AND ($3::integer IS NULL OR k.look < $3) ORDER BY k.look DESC LIMIT $4`;
    return tx.query<LookRecord[]>(text, [projectId, rolloutId, before ?? null, limit]);
  }

  /** Counts all looks that were ever stored, including deleted ones, by the cursor that numbers them. */
  async count(tx: EntityManager, projectId: string, rolloutId: string): Promise<number> {
    const [row] = await tx.query<{ looks: number }[]>(COUNT, [projectId, rolloutId]);
    return row?.looks ?? 0;
  }

  /** The last one of each step that has any. */
  listLastOfPhases(tx: EntityManager, projectId: string, rolloutId: string): Promise<LookRecord[]> {
    return tx.query<LookRecord[]>(LAST_OF_PHASES, [projectId, rolloutId]);
  }

  /** @param phase counted from 1. */
  async findLast(
    tx: EntityManager,
    projectId: string,
    rolloutId: string,
    phase: number,
  ): Promise<LookRecord | null> {
    const text = `${READ} AND k.phase = $3 ORDER BY k.look DESC LIMIT 1`;
    return (await tx.query<LookRecord[]>(text, [projectId, rolloutId, phase]))[0] ?? null;
  }

  /** Returns RFC 3339 with milliseconds, by the database's clock, which times looks and steps. */
  async readTime(tx: EntityManager): Promise<string> {
    const [row] = await tx.query<{ at: Date }[]>('SELECT clock_timestamp() AS "at"');
    if (row === undefined) throw new Error('the time of the database cannot be read');
    return row.at.toISOString();
  }
}
