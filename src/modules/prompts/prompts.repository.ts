import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PromptEntity, type PromptKind, type PromptMode, PromptPointerEntity } from '../../entities/index.js';
import { DEFAULT_POINTER } from './default-pointer.js';

export interface PromptMetadata {
  readonly description?: string | null;
  readonly ownerTeam?: string | null;
  readonly tags?: readonly string[];
}

/** `-updated_at` lists the last changed first. Names order the prompts that one statement changed together. */
export type PromptOrder = 'name' | '-updated_at';

/** The last prompt of a page, after which the next one starts. */
export interface PromptPosition {
  readonly name: string;
  /** RFC 3339 with microseconds, which a `Date` would lose; undefined in a list by name. */
  readonly updatedAt?: string | undefined;
}

export interface PromptFilter {
  readonly mode?: PromptMode | undefined;
  readonly tag?: string | undefined;
  readonly ownerTeam?: string | undefined;
  readonly namePrefix?: string | undefined;
  /** Words that must all occur in the name, the description or the text. */
  readonly words?: readonly string[];
  /** The repository of the latest registration of the active version. */
  readonly repository?: string | undefined;
  /** The folder of that registration, as a path prefix. */
  readonly folder?: string | undefined;
  readonly isRetired?: boolean | undefined;
  readonly order: PromptOrder;
  readonly after?: PromptPosition | undefined;
  readonly limit: number;
}

/** Each change notifies it in its transaction, with only project and revision, because a payload is limited to 8,000 bytes. */
export const REGISTRY_CHANNEL = 'prompt_ledger_registry';

export interface PointerMove {
  /** Defaults to `default`, whose pointer selects the active version. */
  readonly environment?: string;
  readonly from: string | null;
  readonly to: string;
  readonly by: string;
  readonly reason: string | null;
  /** The change that causes the move. Unless in an emergency, the version counts as approved for the environment from then on. */
  readonly changeId?: string | null;
  /** Whether the change bypasses its approvals. */
  readonly emergency?: boolean;
}

const NO_MOVE = {
  environment: DEFAULT_POINTER,
  from: null,
  to: null,
  by: null,
  reason: null,
  changeId: null,
  emergency: false,
};

/** Also sets `updated_at`, and moves the pointer if asked. The lock on the project's row is held until the commit. */
const TAKE_REVISION = `WITH revision AS (
    UPDATE projects SET registry_revision = registry_revision + 1 WHERE project_id = $1 RETURNING registry_revision
  ), prompt AS (
    UPDATE prompts p SET registry_revision = r.registry_revision, updated_at = now() FROM revision r
    WHERE p.project_id = $1 AND p.prompt_id = $2
  ), pointer AS (
    INSERT INTO prompt_pointers (project_id, prompt_id, environment, version_id, registry_revision, moved_by)
    SELECT $1, $2, $3, $5::uuid, registry_revision, $6::text FROM revision WHERE $5::uuid IS NOT NULL
    ON CONFLICT (project_id, prompt_id, environment) DO UPDATE SET version_id = excluded.version_id,
      registry_revision = excluded.registry_revision, moved_at = now(), moved_by = excluded.moved_by
  ), move AS (
    INSERT INTO pointer_moves (project_id, prompt_id, environment, from_version_id, to_version_id, registry_revision, moved_by, reason,
      change_id, emergency)
    SELECT $1, $2, $3, $4::uuid, $5::uuid, registry_revision, $6::text, $7::text, $8::uuid, $9::boolean
    FROM revision WHERE $5::uuid IS NOT NULL
  ), approved AS (
    INSERT INTO approved_versions (project_id, prompt_id, environment, version_id, change_id)
    SELECT $1, $2, $3, $5::uuid, $8::uuid FROM revision WHERE $8::uuid IS NOT NULL AND NOT $9::boolean
    ON CONFLICT DO NOTHING
  )
  SELECT registry_revision::float8 AS revision, pg_notify('${REGISTRY_CHANNEL}',
    json_build_object('project_id', $1::uuid, 'revision', registry_revision)::text) FROM revision`;

/**
 * Whether all words occur in a prompt `p`. No index can answer that: row-level security lets only leakproof operators use one, and text
 * search has none. So the query walks prompts in order of name until a page is full, and finds the version of each in two index lookups.
 */
const HAS_WORDS = `(SELECT bool_and(position(lower(word) IN said.text) > 0)
  FROM unnest(CAST(:words AS text[])) AS word,
    (SELECT lower(concat_ws(E'\\n', p.name, p.description,
      (SELECT coalesce(v.template_source, (SELECT string_agg(m ->> 'content', E'\\n') FROM json_array_elements(v.messages) AS m))
        FROM prompt_versions v WHERE v.project_id = p.project_id AND v.version_id = coalesce(
          (SELECT pp.version_id FROM prompt_pointers pp
            WHERE pp.project_id = p.project_id AND pp.prompt_id = p.prompt_id AND pp.environment = '${DEFAULT_POINTER}'),
          (SELECT newest.version_id FROM prompt_versions newest
            WHERE newest.project_id = p.project_id AND newest.prompt_id = p.prompt_id
            ORDER BY newest.version_number DESC LIMIT 1))))) AS text OFFSET 0) AS said)`;

/** Takes two index lookups for each prompt, as {@link HAS_WORDS} does. */
const latestRegistration = (
  fact: string,
) => `(SELECT v.latest_registration ->> '${fact}' FROM prompt_pointers pp
    JOIN prompt_versions v ON v.project_id = pp.project_id AND v.version_id = pp.version_id
    WHERE pp.project_id = p.project_id AND pp.prompt_id = p.prompt_id AND pp.environment = '${DEFAULT_POINTER}')`;

const CHANGED_AT = `to_char(p.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/**
 * Has two conditions, of which the first is a range of the index. The second filters the prompts that the same statement changed, at most
 * 1,000 for a registration.
 */
const BEHIND_CHANGE = `p.updated_at <= CAST(:updatedAt AS timestamptz)
  AND (p.updated_at < CAST(:updatedAt AS timestamptz) OR p.name > :name)`;

export interface ListedPrompt {
  readonly prompt: PromptEntity;
  readonly position: PromptPosition;
}

@Injectable()
export class PromptsRepository {
  /**
   * Returns the live prompt of that name, created if there is none, and locks it until the transaction ends. Concurrent puts of a prompt
   * wait here, so that versions get consecutive numbers.
   */
  async findOrCreateLocked(
    tx: EntityManager,
    wanted: {
      readonly projectId: string;
      readonly name: string;
      readonly mode: PromptMode;
      readonly kind: PromptKind;
    },
  ): Promise<PromptEntity> {
    const { projectId, name, mode, kind } = wanted;
    await tx.query(
      `INSERT INTO prompts (project_id, name, mode, kind) VALUES ($1, $2, $3, $4)
       ON CONFLICT (project_id, name) WHERE deleted_at IS NULL DO UPDATE SET mode = prompts.mode`,
      [projectId, name, mode, kind],
    );
    return (await this.find(tx, projectId, name)) as PromptEntity;
  }

  async find(tx: EntityManager, projectId: string, name: string): Promise<PromptEntity | null> {
    return tx
      .createQueryBuilder(PromptEntity, 'p')
      .where('p.projectId = :projectId AND p.name = :name AND p.deletedAt IS NULL', { projectId, name })
      .getOne();
  }

  /** Finds deleted prompts too. The id comes from a row that references the prompt, so the prompt exists. */
  async getById(tx: EntityManager, projectId: string, promptId: string): Promise<PromptEntity> {
    return tx.findOneByOrFail(PromptEntity, { projectId, promptId });
  }

  /** Like {@link find}, and locks as {@link findOrCreateLocked} does. */
  async findLocked(tx: EntityManager, projectId: string, name: string): Promise<PromptEntity | null> {
    return tx
      .createQueryBuilder(PromptEntity, 'p')
      .where('p.projectId = :projectId AND p.name = :name AND p.deletedAt IS NULL', { projectId, name })
      .setLock('pessimistic_write')
      .getOne();
  }

  /** Writes the given metadata, which must not be empty. What is left out stays. */
  async update(tx: EntityManager, prompt: PromptEntity, metadata: PromptMetadata): Promise<void> {
    const { description, ownerTeam, tags } = metadata;
    await tx
      .createQueryBuilder()
      .update(PromptEntity)
      .set({
        ...(description === undefined ? {} : { description }),
        ...(ownerTeam === undefined ? {} : { ownerTeam }),
        ...(tags === undefined ? {} : { tags: [...tags] }),
      })
      .where({ projectId: prompt.projectId, promptId: prompt.promptId })
      .execute();
  }

  /** Frees the name. Keeps versions and executions. */
  async markDeleted(tx: EntityManager, prompt: PromptEntity): Promise<void> {
    await tx
      .createQueryBuilder()
      .update(PromptEntity)
      .set({ deletedAt: () => 'now()' })
      .where({ projectId: prompt.projectId, promptId: prompt.promptId })
      .execute();
  }

  /** Lists live prompts. A prefix is a range of the index, because LIKE is not leakproof and so cannot use one under row-level security. */
  async list(tx: EntityManager, projectId: string, filter: PromptFilter): Promise<ListedPrompt[]> {
    const query = tx
      .createQueryBuilder(PromptEntity, 'p')
      .where('p.projectId = :projectId AND p.deletedAt IS NULL', { projectId });
    if (filter.mode !== undefined) query.andWhere('p.mode = :mode', { mode: filter.mode });
    if (filter.tag !== undefined) query.andWhere(':tag = ANY(p.tags)', { tag: filter.tag });
    if (filter.ownerTeam !== undefined) query.andWhere('p.ownerTeam = :team', { team: filter.ownerTeam });
    if (filter.namePrefix !== undefined) {
      // U+10FFFF sorts after any character that a name may contain.
      const range = { from: filter.namePrefix, to: `${filter.namePrefix}\u{10FFFF}` };
      query.andWhere('p.name >= :from AND p.name < :to', range);
    }
    if (filter.isRetired !== undefined)
      query.andWhere(`p.retiredAt IS ${filter.isRetired ? 'NOT NULL' : 'NULL'}`);
    if (filter.repository !== undefined)
      query.andWhere(`${latestRegistration('repository')} = :repository`, { repository: filter.repository });
    if (filter.folder !== undefined)
      query.andWhere(`starts_with(${latestRegistration('file')}, :folder)`, { folder: filter.folder });
    const { words = [] } = filter;
    if (words.length > 0) query.andWhere(HAS_WORDS, { words });
    const byChange = filter.order === '-updated_at';
    if (filter.after !== undefined) query.andWhere(byChange ? BEHIND_CHANGE : 'p.name > :name', filter.after);
    if (byChange)
      query.addSelect(CHANGED_AT, 'changed_at').orderBy('p.updatedAt', 'DESC').addOrderBy('p.name');
    else query.orderBy('p.name');
    const { entities, raw } = await query.limit(filter.limit).getRawAndEntities<{ changed_at?: string }>();
    return entities.map((prompt, at) => ({
      prompt,
      position: { name: prompt.name, updatedAt: raw[at]?.changed_at },
    }));
  }

  /** Locks like {@link findLocked}. @returns whether the prompt exists and is not deleted. */
  async lockById(tx: EntityManager, projectId: string, promptId: string): Promise<boolean> {
    const found = await tx
      .createQueryBuilder(PromptEntity, 'p')
      .select('p.promptId')
      .where('p.projectId = :projectId AND p.promptId = :promptId AND p.deletedAt IS NULL', {
        projectId,
        promptId,
      })
      .setLock('pessimistic_write')
      .getOne();
    return found !== null;
  }

  async findPointer(
    tx: EntityManager,
    { projectId, promptId }: Pick<PromptEntity, 'projectId' | 'promptId'>,
    environment = DEFAULT_POINTER,
  ): Promise<PromptPointerEntity | null> {
    return tx.findOneBy(PromptPointerEntity, { projectId, promptId, environment });
  }

  /**
   * Gives a changed prompt the project's next `registry_revision`, moves its pointer if asked, and notifies every process. Must be the last
   * statement of its transaction, so that revisions are ordered like the commits and the project is locked briefly.
   * @returns the revision.
   */
  async takeRevision(
    tx: EntityManager,
    { projectId, promptId }: Pick<PromptEntity, 'projectId' | 'promptId'>,
    move: PointerMove | null,
  ): Promise<number> {
    const {
      environment = DEFAULT_POINTER,
      from,
      to,
      by,
      reason,
      changeId = null,
      emergency = false,
    } = move ?? NO_MOVE;
    const values = [projectId, promptId, environment, from, to, by, reason, changeId, emergency];
    const [row] = await tx.query<{ revision: number }[]>(TAKE_REVISION, values);
    return (row as { revision: number }).revision;
  }
}
