import { REGISTRY_CHANNEL } from '../prompts/index.js';

/** The statements by which code changes the registry: one to read and one to write, for any number of prompts. */

/**
 * Serializes the writers of a project, so that simultaneous deployments never work from outdated reads. It is the first lock of
 * its transaction, and nothing else takes it.
 */
export const TAKE_TURN = `SELECT pg_advisory_xact_lock(hashtextextended('tracked_registry ' || $1, 0))`;

/**
 * $1 and $2 are names and checksums; $3 is the environment whose pointer decides what is active. A name without a live prompt
 * has no row. `same` is only looked up where the active version has another checksum. Takes no lock. The form of the statement
 * dictates the plan, because statistics cannot: in a newly filled project, joins of a thousand names were planned as products
 * of tables and took seconds. `LIMIT 1` keeps each look-up separate. Only row-level security restricts the project, because a
 * second condition on it would make the planner take an index on the project alone for a precise one.
 */
export const FIND = `SELECT p.name, p.prompt_id AS "promptId", p.mode, p.kind, p.retired_at IS NOT NULL AS "isRetired",
    p.description, p.owner_team AS "ownerTeam", p.tags, p.registry_revision::float8 AS revision,
    active.version_id AS "activeId", active.version_number AS "activeNumber",
    coalesce(active.checksum_hash = asked.checksum_hash, false) AS "isActive",
    same.version_id AS "sameId", same.version_number AS "sameNumber",
    CASE WHEN same.version_id IS NULL THEN active.latest_registration ELSE same.latest_registration END AS "latestRegistration",
    CASE WHEN same.version_id IS NULL AND active.checksum_hash IS DISTINCT FROM asked.checksum_hash
      THEN (SELECT max(v.version_number) FROM prompt_versions v WHERE v.prompt_id = p.prompt_id) END AS "highestNumber"
  FROM unnest($1::text[], $2::text[]) AS asked(name, checksum_hash)
  CROSS JOIN LATERAL (SELECT * FROM prompts p WHERE p.name = asked.name AND p.deleted_at IS NULL LIMIT 1) p
  LEFT JOIN LATERAL (SELECT * FROM prompt_pointers pp
    WHERE pp.prompt_id = p.prompt_id AND pp.environment = $3::text LIMIT 1) pp ON true
  LEFT JOIN LATERAL (SELECT * FROM prompt_versions v WHERE v.version_id = pp.version_id LIMIT 1) active ON true
  LEFT JOIN LATERAL (SELECT * FROM prompt_versions v WHERE active.checksum_hash IS DISTINCT FROM asked.checksum_hash
    AND v.prompt_id = p.prompt_id AND v.checksum_hash = asked.checksum_hash LIMIT 1) same ON true`;

/**
 * Creates the missing prompts, with ids $2, names $3 and kinds $4. It is a separate statement, because the next one could not
 * stamp rows that it inserts itself. It comes first, because a transaction that waits here for a name being created elsewhere
 * must not hold the project's row. A name that was taken in the meantime is left alone, and the next statement does not find
 * its prompt.
 */
export const CREATE = `INSERT INTO prompts (project_id, prompt_id, name, mode, kind)
  SELECT $1, made.prompt_id, made.name, 'tracking', made.kind
  FROM unnest($2::uuid[], $3::text[], $4::text[]) AS made(prompt_id, name, kind)
  ORDER BY made.name
  ON CONFLICT (project_id, name) WHERE deleted_at IS NULL DO NOTHING`;

/**
 * Writes all changes ($2) of $3 prompts in environment $6, moved by $4 for reason $5. Writes nothing if one of the prompts is
 * no longer at the revision it was read at. It is the last statement of its transaction: it locks all prompts in the order of
 * their names before the project, which takes the next revision for all of them, so revisions are ordered as the commits are.
 * The caller makes the ids, because a thousand calls of `ledger_uuid7()` would take half of the time. Look-ups by id do not
 * restrict the project, as in {@link FIND}.
 */
export const WRITE = `
  WITH entry AS MATERIALIZED (
    SELECT * FROM json_to_recordset($2::json) AS entry(prompt_id uuid, prompt_revision bigint, is_silent boolean, to_mode text,
      version_id uuid, version_number integer, template_source text, messages json, content json, checksum_hash text, renderer text,
      variables text[], move_id uuid, from_version_id uuid, registration json, to_retired boolean, tags text[],
      sets_description boolean, description text, sets_owner_team boolean, owner_team text)
  ), held AS MATERIALIZED (
    SELECT p.prompt_id FROM prompts p JOIN entry e USING (prompt_id)
    WHERE p.registry_revision = e.prompt_revision
    ORDER BY p.name FOR NO KEY UPDATE OF p
  ), all_held AS MATERIALIZED (
    SELECT count(*) = $3 AS holds FROM held
  ), revision AS (
    UPDATE projects SET registry_revision = registry_revision + 1
    WHERE project_id = $1 AND (SELECT holds FROM all_held) AND EXISTS (SELECT FROM entry WHERE NOT is_silent)
    RETURNING registry_revision
  ), prompt AS (
    UPDATE prompts p SET registry_revision = r.registry_revision, updated_at = now(), mode = coalesce(e.to_mode, p.mode),
      retired_at = CASE e.to_retired WHEN true THEN now() WHEN false THEN NULL ELSE p.retired_at END,
      description = CASE WHEN e.sets_description THEN e.description ELSE p.description END,
      owner_team = CASE WHEN e.sets_owner_team THEN e.owner_team ELSE p.owner_team END,
      tags = coalesce(e.tags, p.tags)
    FROM revision r, entry e WHERE p.prompt_id = e.prompt_id AND NOT e.is_silent
  ), version AS (
    INSERT INTO prompt_versions (project_id, version_id, prompt_id, version_number, template_source, messages, content, checksum_hash,
      renderer, variables, first_registration, latest_registration)
    SELECT $1, e.version_id, e.prompt_id, e.version_number, e.template_source, e.messages, e.content, e.checksum_hash,
      e.renderer, e.variables, e.registration, e.registration
    FROM revision, entry e WHERE e.version_number IS NOT NULL
  ), registered AS (
    UPDATE prompt_versions v SET latest_registration = e.registration
    FROM entry e WHERE v.version_id = e.version_id AND e.version_number IS NULL
      AND e.registration IS NOT NULL AND (SELECT holds FROM all_held)
  ), pointer AS (
    INSERT INTO prompt_pointers (project_id, prompt_id, environment, version_id, registry_revision, moved_by)
    SELECT $1, e.prompt_id, $6::text, e.version_id, r.registry_revision, $4
    FROM revision r, entry e WHERE e.move_id IS NOT NULL
    ON CONFLICT (project_id, prompt_id, environment) DO UPDATE SET version_id = excluded.version_id,
      registry_revision = excluded.registry_revision, moved_at = now(), moved_by = excluded.moved_by
  ), move AS (
    INSERT INTO pointer_moves (project_id, move_id, prompt_id, environment, from_version_id, to_version_id, registry_revision, moved_by, reason)
    SELECT $1, e.move_id, e.prompt_id, $6::text, e.from_version_id, e.version_id, r.registry_revision, $4, $5
    FROM revision r, entry e WHERE e.move_id IS NOT NULL
  )
  SELECT all_held.holds AS "isWritten", r.registry_revision::float8 AS revision,
    CASE WHEN r.registry_revision IS NOT NULL THEN pg_notify('${REGISTRY_CHANNEL}',
      json_build_object('project_id', $1::uuid, 'revision', r.registry_revision)::text)::text END
  FROM all_held LEFT JOIN revision r ON true`;
