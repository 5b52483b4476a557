import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PromptMode, PromptVersionEntity } from '../../entities/index.js';

/** A version and its prompt. */
export interface FoundVersion extends Pick<
  PromptVersionEntity,
  'versionId' | 'versionNumber' | 'templateSource' | 'messages' | 'content' | 'checksumHash' | 'variables'
> {
  readonly promptId: string;
  readonly promptName: string;
  readonly promptMode: PromptMode;
  readonly ownerTeam: string | null;
}

/** The state of a suggestion. */
export interface SuggestionState {
  readonly suggestionId: string;
  readonly dismissedAt: Date | null;
  readonly dismissedBy: string | null;
  readonly reason: string | null;
  readonly appliedAt: Date | null;
  readonly appliedBy: string | null;
  /** Number of the version created from it. */
  readonly appliedVersion: number | null;
}

export interface SuggestionKey {
  readonly projectId: string;
  readonly promptId: string;
  readonly versionId: string;
  readonly suggestionId: string;
}

/** `versionId` is null when the prompt has no such version. */
type FoundRow = { readonly [Key in keyof FoundVersion]: FoundVersion[Key] | null } & Pick<
  FoundVersion,
  'promptId' | 'promptName' | 'promptMode'
>;

/** Without a number, finds the active version, or the newest if none is active. */
const FIND_VERSION = `SELECT p.prompt_id AS "promptId", p.name AS "promptName", p.mode AS "promptMode", p.owner_team AS "ownerTeam",
    v.version_id AS "versionId", v.version_number AS "versionNumber", v.template_source AS "templateSource", v.messages, v.content,
    v.checksum_hash AS "checksumHash", v.variables
  FROM prompts p LEFT JOIN LATERAL (
    SELECT v.* FROM prompt_versions v WHERE v.project_id = p.project_id AND v.prompt_id = p.prompt_id AND v.version_number = coalesce($3,
      (SELECT active.version_number FROM prompt_pointers pp
        JOIN prompt_versions active ON active.project_id = pp.project_id AND active.version_id = pp.version_id
        WHERE pp.project_id = p.project_id AND pp.prompt_id = p.prompt_id AND pp.environment = 'default'),
      (SELECT newest.version_number FROM prompt_versions newest
        WHERE newest.project_id = p.project_id AND newest.prompt_id = p.prompt_id ORDER BY newest.version_number DESC LIMIT 1)) OFFSET 0) AS v ON true
  WHERE p.project_id = $1 AND p.name = $2 AND p.deleted_at IS NULL`;

const LIST_STATES = `SELECT s.suggestion_id AS "suggestionId", s.dismissed_at AS "dismissedAt", s.dismissed_by AS "dismissedBy", s.reason,
    s.applied_at AS "appliedAt", s.applied_by AS "appliedBy", v.version_number AS "appliedVersion"
  FROM suggestion_states s
  LEFT JOIN prompt_versions v ON v.project_id = s.project_id AND v.version_id = s.applied_version_id
  WHERE s.project_id = $1 AND s.prompt_id = $2 AND s.version_id = $3`;

/** Finds the newest version, except for drafts created from suggestions about $3. */
const FIND_NEWEST = `SELECT v.version_number AS number FROM prompt_versions v
  WHERE v.project_id = $1 AND v.prompt_id = $2 AND NOT EXISTS (SELECT FROM suggestion_states s
    WHERE s.project_id = $1 AND s.prompt_id = $2 AND s.version_id = $3 AND s.applied_version_id = v.version_id)
  ORDER BY v.version_number DESC LIMIT 1`;

const ENSURE = `INSERT INTO suggestion_states (project_id, prompt_id, version_id, suggestion_id, kind) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (project_id, prompt_id, suggestion_id) DO NOTHING`;

/** Stores what people decided about suggestions. The suggestions themselves are computed each time. */
@Injectable()
export class SuggestionsRepository {
  /** @returns null if there is no such prompt. `versionId` is null if it has no such version. */
  async findVersion(
    tx: EntityManager,
    projectId: string,
    name: string,
    versionNumber: number | null,
  ): Promise<FoundVersion | (FoundRow & { readonly versionId: null }) | null> {
    const rows = await tx.query<FoundRow[]>(FIND_VERSION, [projectId, name, versionNumber]);
    return (rows[0] as FoundVersion | undefined) ?? null;
  }

  async listStates(
    tx: EntityManager,
    { projectId, promptId, versionId }: Omit<SuggestionKey, 'suggestionId'>,
  ): Promise<SuggestionState[]> {
    return tx.query<SuggestionState[]>(LIST_STATES, [projectId, promptId, versionId]);
  }

  /** Returns the row of a suggestion, created if there is none, and locks it until the transaction ends. */
  async lockState(
    tx: EntityManager,
    key: SuggestionKey,
    kind: string,
  ): Promise<Pick<SuggestionState, 'dismissedAt' | 'reason'>> {
    const { projectId, promptId, versionId, suggestionId } = key;
    await tx.query(ENSURE, [projectId, promptId, versionId, suggestionId, kind]);
    const text = `SELECT dismissed_at AS "dismissedAt", reason FROM suggestion_states
      WHERE project_id = $1 AND prompt_id = $2 AND suggestion_id = $3 FOR UPDATE`;
    const rows = await tx.query<Pick<SuggestionState, 'dismissedAt' | 'reason'>[]>(text, [
      projectId,
      promptId,
      suggestionId,
    ]);
    return rows[0] as Pick<SuggestionState, 'dismissedAt' | 'reason'>;
  }

  async dismiss(tx: EntityManager, key: SuggestionKey, by: string, reason: string | null): Promise<void> {
    const text = `UPDATE suggestion_states SET dismissed_at = coalesce(dismissed_at, now()), dismissed_by = $4, reason = $5
      WHERE project_id = $1 AND prompt_id = $2 AND suggestion_id = $3`;
    await tx.query(text, [key.projectId, key.promptId, key.suggestionId, by, reason]);
  }

  async restore(tx: EntityManager, key: SuggestionKey): Promise<void> {
    const text = `UPDATE suggestion_states SET dismissed_at = NULL, dismissed_by = NULL, reason = NULL
      WHERE project_id = $1 AND prompt_id = $2 AND suggestion_id = $3`;
    await tx.query(text, [key.projectId, key.promptId, key.suggestionId]);
  }

  async markApplied(tx: EntityManager, key: SuggestionKey, by: string, versionId: string): Promise<void> {
    const text = `UPDATE suggestion_states SET applied_at = now(), applied_by = $4, applied_version_id = $5
      WHERE project_id = $1 AND prompt_id = $2 AND suggestion_id = $3`;
    await tx.query(text, [key.projectId, key.promptId, key.suggestionId, by, versionId]);
  }

  /** Returns the number of the newest version, ignoring drafts created from suggestions about the version. */
  async findNewestNumber(tx: EntityManager, key: SuggestionKey): Promise<number> {
    const values = [key.projectId, key.promptId, key.versionId];
    const [row] = await tx.query<{ number: number }[]>(FIND_NEWEST, values);
    return row?.number ?? 0;
  }
}
