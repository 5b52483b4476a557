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
  /** Tools and the response format, which are sent along with the rendered prompt; null for none. */
  readonly extras: ContentExtras | null;
  readonly checksumHash: string;
  readonly renderer: string;
}

/** The columns as a statement reads them. If there is no such version, its members are null. */
export type ResolvedColumns = Pick<PromptVersionEntity, 'content'> & {
  readonly [Key in keyof Omit<ResolvedVersion, 'extras'>]: ResolvedVersion[Key] | null;
};

type ResolvedRow = ResolvedColumns & {
  readonly promptRevision: number;
  readonly environments: PromptEnvironmentsRow;
};

/** A version that a caller has committed to run, even if its prompt is later deleted or created again under the same name. */
export interface PinnedVersion {
  readonly versionNumber: number;
  readonly checksumHash: string;
  /** Null when it was pinned by content. Then any version with this number and checksum matches. */
  readonly versionId: string | null;
}

/** A version that was looked up, and what else decides which one runs. At least one of the two is set. */
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
 * Joins the version of a prompt `p` that meets a condition on `v`. LATERAL with OFFSET 0 reads one row at a time: a plain join, planned by
 * Postgres before there are statistics, reads all versions of the project.
 */
const versionWhere = (condition: string) => `LEFT JOIN LATERAL (
    SELECT v.* FROM prompt_versions v
    WHERE v.project_id = p.project_id AND v.prompt_id = p.prompt_id AND ${condition} OFFSET 0) AS v ON true`;

/** The active version of a prompt `p`, as `v`. */
export const WITH_ACTIVE_VERSION = `LEFT JOIN LATERAL (
    SELECT pp.version_id FROM prompt_pointers pp
    WHERE pp.project_id = p.project_id AND pp.prompt_id = p.prompt_id AND pp.environment = '${DEFAULT_POINTER}' OFFSET 0) AS pp ON true
  ${versionWhere('v.version_id = pp.version_id')}`;

/** Joins, as `v`, the version of a prompt `p` that an environment runs, given as an expression. A protected one runs only its pointer's. */
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

/** Searches all prompts that have or had the name: the live one first, then the most recently deleted. */
const RESOLVE_PINNED = `SELECT ${RESOLVED}
  FROM prompts p
  ${versionWhere('v.version_number = $3 AND v.checksum_hash = $4 AND ($5::uuid IS NULL OR v.version_id = $5)')}
  WHERE p.project_id = $1 AND p.name = $2 AND v.version_id IS NOT NULL
  ORDER BY p.deleted_at DESC NULLS FIRST LIMIT 1`;

@Injectable()
export class PromptVersionsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Lists the newest first. */
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

  /** Finds versions of deleted prompts too, because what was run stays readable. */
  async findById(tx: EntityManager, projectId: string, versionId: string): Promise<VersionWithStatus | null> {
    const query = this.withStatus(tx, projectId).andWhere('v.versionId = :versionId', { versionId });
    return (await this.read(query))[0] ?? null;
  }

  /**
   * Resolves the version of a run or render in one round trip.
   * @param versionNumber null for the active version.
   * @returns null if there is no such prompt; `value: null` when the prompt has no such version, or none is active, and none of its
   *   environments is special.
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

  /** Resolves a version by the checksum of its content. */
  async resolveChecksum(
    projectId: string,
    name: string,
    checksumHash: string,
  ): Promise<Found<FoundInPrompt>> {
    const values = [projectId, name, checksumHash];
    return this.resolveBy(projectId, { name: 'resolve-checksum', text: RESOLVE_CHECKSUM, values });
  }

  /** Finds a pinned version, even of a deleted prompt. @returns null when there is no such version. */
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
