import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PromptEntity, type PromptMode, PromptVersionEntity } from '../../entities/index.js';
import { type Statement, TenantScope } from '../../infra/database/index.js';
import { type ContentExtras, extrasOfWire } from '../../templating/index.js';
import { VersionNotFoundError } from './errors.js';
import type { VersionStatus } from './prompts.dto.js';
import { DEFAULT_POINTER } from './default-pointer.js';
import {
  PROMPT_ENVIRONMENTS,
  PromptEnvironments,
  type PromptEnvironmentsRow,
} from './pointers/prompt-environments.js';
import type { Found } from './registry/revisioned-cache.js';

/** A version with the status that follows from the pointers, and the prompt it belongs to. */
export interface VersionWithStatus {
  readonly version: PromptVersionEntity;
  readonly status: VersionStatus;
}

/** The facts needed to run or render a version. */
export interface ResolvedVersion {
  readonly promptId: string;
  readonly promptMode: PromptMode;
  readonly versionId: string;
  readonly versionNumber: number;
  readonly templateSource: string | null;
  readonly messages: PromptVersionEntity['messages'];
  /** Tools and the response format, which are sent beside the rendered prompt; null for none. */
  readonly extras: ContentExtras | null;
  readonly checksumHash: string;
  readonly renderer: string;
}

/** The columns as a statement reads them: the members of a version that is not there are null. */
export type ResolvedColumns = Pick<PromptVersionEntity, 'content'> & {
  readonly [Key in keyof Omit<ResolvedVersion, 'extras'>]: ResolvedVersion[Key] | null;
};

type ResolvedRow = ResolvedColumns & {
  readonly promptRevision: number;
  readonly environments: PromptEnvironmentsRow;
};

/** A version that somebody has committed to run, even when its prompt is deleted later, or made anew under the same name. */
export interface PinnedVersion {
  readonly versionNumber: number;
  readonly checksumHash: string;
  /** Null when it was pinned by its content: then any version of this number and checksum will do. */
  readonly versionId: string | null;
}

/** A version that was looked for, and what else decides which one runs. Never without both. */
export interface FoundInPrompt {
  /** Null when the prompt has no such version, or none is active. */
  readonly version: ResolvedVersion | null;
  /** Null when no environment of the prompt is special. */
  readonly environments: PromptEnvironments | null;
}

/** @returns null when the prompt has no such version. */
export function toResolved({ content, ...columns }: ResolvedColumns): ResolvedVersion | null {
  const { versionId } = columns;
  return versionId === null ? null : ({ ...columns, extras: extrasOfWire(content) } as ResolvedVersion);
}

const STATUS = `CASE
  WHEN EXISTS (SELECT FROM prompt_pointers pp WHERE pp.project_id = v.project_id AND pp.prompt_id = v.prompt_id
    AND pp.version_id = v.version_id) THEN 'active'
  WHEN EXISTS (SELECT FROM pointer_moves pm WHERE pm.project_id = v.project_id AND pm.prompt_id = v.prompt_id
    AND pm.to_version_id = v.version_id) THEN 'deprecated'
  ELSE 'draft' END`;

const RESOLVED = `p.registry_revision::float8 AS "promptRevision", p.prompt_id AS "promptId", p.mode AS "promptMode", v.version_id AS "versionId",
  v.version_number AS "versionNumber", v.template_source AS "templateSource", v.messages, v.content, v.checksum_hash AS "checksumHash", v.renderer,
  ${PROMPT_ENVIRONMENTS} AS environments`;

/**
 * The version of a prompt `p` for which a condition on `v` holds. One row at a time, by LATERAL and OFFSET 0: Postgres plans this
 * before there are statistics, and a plain join, planned while the tables were empty, reads all versions of the project.
 */
const versionWhere = (condition: string) => `LEFT JOIN LATERAL (
    SELECT v.* FROM prompt_versions v
    WHERE v.project_id = p.project_id AND v.prompt_id = p.prompt_id AND ${condition} OFFSET 0) AS v ON true`;

/** The active version of a prompt `p`, as `v`. */
export const WITH_ACTIVE_VERSION = `LEFT JOIN LATERAL (
    SELECT pp.version_id FROM prompt_pointers pp
    WHERE pp.project_id = p.project_id AND pp.prompt_id = p.prompt_id AND pp.environment = '${DEFAULT_POINTER}' OFFSET 0) AS pp ON true
  ${versionWhere('v.version_id = pp.version_id')}`;

/** The version that an environment runs, named by an expression, of a prompt `p`, as `v`. A protected one runs its pointer's only. */
export const joinVersion = (environment: string) => `LEFT JOIN LATERAL (
    SELECT coalesce(
      (SELECT own.version_id FROM prompt_pointers own
        WHERE own.project_id = p.project_id AND own.prompt_id = p.prompt_id AND own.environment = ${environment}),
      (SELECT active.version_id FROM prompt_pointers active
        WHERE active.project_id = p.project_id AND active.prompt_id = p.prompt_id AND active.environment = '${DEFAULT_POINTER}'
          AND (SELECT e.protected FROM environments e WHERE e.project_id = p.project_id AND e.name = ${environment}) IS NOT TRUE)
    ) AS version_id OFFSET 0) AS pp ON true
  ${versionWhere('v.version_id = pp.version_id')}`;

const RESOLVE_ACTIVE = `SELECT ${RESOLVED}
  FROM prompts p
  ${WITH_ACTIVE_VERSION}
  WHERE p.project_id = $1 AND p.name = $2 AND p.deleted_at IS NULL`;

const RESOLVE_NUMBER = `SELECT ${RESOLVED}
  FROM prompts p
  ${versionWhere('v.version_number = $3')}
  WHERE p.project_id = $1 AND p.name = $2 AND p.deleted_at IS NULL`;

const RESOLVE_CHECKSUM = `SELECT ${RESOLVED}
  FROM prompts p
  ${versionWhere('v.checksum_hash = $3')}
  WHERE p.project_id = $1 AND p.name = $2 AND p.deleted_at IS NULL`;

/** Looks through all prompts that have or had the name, the live one first, then the one that was deleted last. */
const RESOLVE_PINNED = `SELECT ${RESOLVED}
  FROM prompts p
  ${versionWhere('v.version_number = $3 AND v.checksum_hash = $4 AND ($5::uuid IS NULL OR v.version_id = $5)')}
  WHERE p.project_id = $1 AND p.name = $2 AND v.version_id IS NOT NULL
  ORDER BY p.deleted_at DESC NULLS FIRST LIMIT 1`;

@Injectable()
export class PromptVersionsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Newest first. */
  async list(tx: EntityManager, prompt: PromptEntity): Promise<VersionWithStatus[]> {
    const query = this.withStatus(tx, prompt.projectId).andWhere('v.promptId = :promptId', {
      promptId: prompt.promptId,
    });
    return this.read(query.orderBy('v.versionNumber', 'DESC'));
  }

  /** @throws VersionNotFoundError `VERSION_NOT_FOUND` */
  async getByNumber(
    tx: EntityManager,
    prompt: PromptEntity,
    versionNumber: number,
  ): Promise<VersionWithStatus> {
    const query = this.withStatus(tx, prompt.projectId).andWhere(
      'v.promptId = :promptId AND v.versionNumber = :versionNumber',
      { promptId: prompt.promptId, versionNumber },
    );
    const [found] = await this.read(query);
    if (found === undefined)
      throw new VersionNotFoundError(`version ${versionNumber} of prompt "${prompt.name}"`);
    return found;
  }

  /** Finds versions of deleted prompts, too: what was run stays readable. */
  async findById(tx: EntityManager, projectId: string, versionId: string): Promise<VersionWithStatus | null> {
    const query = this.withStatus(tx, projectId).andWhere('v.versionId = :versionId', { versionId });
    return (await this.read(query))[0] ?? null;
  }

  /**
   * Which version a run or render means, in one trip.
   * @param versionNumber null for the active version.
   * @returns null without such a prompt; `value: null` when the prompt has no such version, or none is active, and no
   *   environment of it is special.
   */
  async resolve(
    projectId: string,
    name: string,
    versionNumber: number | null,
  ): Promise<Found<FoundInPrompt>> {
    const statement =
      versionNumber === null
        ? { name: 'resolve-active', text: RESOLVE_ACTIVE, values: [projectId, name] }
        : { name: 'resolve-number', text: RESOLVE_NUMBER, values: [projectId, name, versionNumber] };
    return this.resolveBy(projectId, statement);
  }

  /** The same by the content of the version. */
  async resolveChecksum(
    projectId: string,
    name: string,
    checksumHash: string,
  ): Promise<Found<FoundInPrompt>> {
    const values = [projectId, name, checksumHash];
    return this.resolveBy(projectId, { name: 'resolve-checksum', text: RESOLVE_CHECKSUM, values });
  }

  /** Finds a pinned version, also of a deleted prompt. @returns null when there is no such version. */
  async resolvePinned(
    projectId: string,
    name: string,
    { versionNumber, checksumHash, versionId }: PinnedVersion,
  ): Promise<Found<FoundInPrompt>> {
    const values = [projectId, name, versionNumber, checksumHash, versionId];
    return this.resolveBy(projectId, { name: 'resolve-pinned', text: RESOLVE_PINNED, values });
  }

  private async resolveBy(projectId: string, statement: Statement): Promise<Found<FoundInPrompt>> {
    const [row] = await this.scope.statement<ResolvedRow>(projectId, statement);
    if (row === undefined) return null;
    const { promptRevision, environments: environmentsRow, ...columns } = row;
    const version = toResolved(columns);
    const environments = PromptEnvironments.of(environmentsRow);
    const isNothing = version === null && environments === null;
    return { value: isNothing ? null : { version, environments }, promptRevision };
  }

  private withStatus(tx: EntityManager, projectId: string) {
    return tx
      .createQueryBuilder(PromptVersionEntity, 'v')
      .addSelect(STATUS, 'status')
      .where('v.projectId = :projectId', { projectId });
  }

  private async read(
    query: ReturnType<PromptVersionsRepository['withStatus']>,
  ): Promise<VersionWithStatus[]> {
    const { entities, raw } = await query.getRawAndEntities<{ status: VersionStatus }>();
    return entities.map((version, index) => ({
      version,
      status: (raw[index] as { status: VersionStatus }).status,
    }));
  }
}
