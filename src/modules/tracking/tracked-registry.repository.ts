import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PromptKind, PromptMode, StoredRegistration } from '../../entities/index.js';
import { DatabaseClock, TenantScope } from '../../infra/database/index.js';
import { writeJson } from '../../kernel/index.js';
import {
  type AskedPrompt,
  isSilent,
  type KnownPrompt,
  type PreparedChange,
  type PromptMetadata,
} from './tracked-prompts.js';
import { CREATE, FIND, TAKE_TURN, WRITE } from './tracked-registry.sql.js';

/** The facts about a pointer's move. */
export interface MoveFacts {
  readonly environment: string;
  readonly by: string;
  readonly reason: string;
}

/** A null `revision` means that only git facts were written. */
export type Written = { readonly revision: number | null } | 'stale';

interface FoundRow extends PromptMetadata {
  readonly name: string;
  readonly promptId: string;
  readonly mode: PromptMode;
  readonly kind: PromptKind;
  readonly isRetired: boolean;
  readonly revision: number;
  readonly activeId: string | null;
  readonly activeNumber: number | null;
  /** Whether the active version has the requested content. */
  readonly isActive: boolean;
  /** Another version with the requested content. */
  readonly sameId: string | null;
  readonly sameNumber: number | null;
  /** The latest registration of the version with the requested content, or else of the active one. */
  readonly latestRegistration: StoredRegistration | null;
  readonly highestNumber: number | null;
}

/** Reads and writes many prompts at once, with one statement each. */
@Injectable()
export class TrackedRegistryRepository {
  constructor(
    private readonly scope: TenantScope,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /**
   * Finds the live prompts with these names in one round trip.
   * @param environment the environment whose pointer decides what is active.
   * @param tx left out to use its own transaction.
   */
  async find(
    projectId: string,
    asked: readonly AskedPrompt[],
    environment: string,
    tx?: EntityManager,
  ): Promise<ReadonlyMap<string, KnownPrompt>> {
    const names = asked.map(({ name }) => name);
    const values = [names, asked.map(({ checksumHash }) => checksumHash), environment];
    const rows =
      tx === undefined
        ? await this.scope.statement<FoundRow & Record<string, unknown>>(projectId, { text: FIND, values })
        : await tx.query<FoundRow[]>(FIND, values);
    return new Map(rows.map((row) => [row.name, knownPrompt(row)]));
  }

  /** Waits for other such transactions of the project, and keeps later ones waiting until this one ends. */
  async takeTurn(tx: EntityManager, projectId: string): Promise<void> {
    await tx.query(TAKE_TURN, [projectId]);
  }

  /**
   * Writes the changes. Must come last in its transaction, which has to be rolled back when the result is `stale`, because then
   * a prompt has changed since it was read.
   * @param changes at least one.
   */
  async write(
    tx: EntityManager,
    projectId: string,
    changes: readonly PreparedChange[],
    { environment, by, reason }: MoveFacts,
  ): Promise<Written> {
    const rows = changes.map((change) => this.toRow(change));
    const made = changes.flatMap(({ prompt, name, version }, index) => {
      const kind: PromptKind = version.isNew ? version.content.kind : 'text';
      return prompt === null ? [{ name, kind, promptId: (rows[index] as ChangeRow).prompt_id }] : [];
    });
    if (made.length > 0) {
      const ids = made.map(({ promptId }) => promptId);
      const kinds = made.map(({ kind }) => kind);
      await tx.query(CREATE, [projectId, ids, made.map(({ name }) => name), kinds]);
    }
    const values = [projectId, writeJson(rows), rows.length, by, reason, environment];
    const [row] = await tx.query<{ isWritten: boolean; revision: number | null }[]>(WRITE, values);
    return row?.isWritten === true ? { revision: row.revision } : 'stale';
  }

  private toRow(change: PreparedChange): ChangeRow {
    const { prompt, version, stored, activation, registration, metadata } = change;
    return {
      prompt_id: prompt?.promptId ?? this.databaseClock.newId(),
      prompt_revision: prompt?.revision ?? 0,
      is_silent: isSilent(change),
      to_mode: change.toMode,
      version_id: version.isNew ? this.databaseClock.newId() : version.versionId,
      ...(version.isNew && stored !== null
        ? {
            version_number: version.versionNumber,
            template_source: stored.templateSource,
            messages: stored.messages,
            content: stored.content,
            checksum_hash: stored.checksumHash,
            renderer: stored.renderer,
            variables: stored.variables,
          }
        : {}),
      ...(metadata === null ? {} : metadataRow(metadata)),
      to_retired: change.toRetired,
      ...(activation === null
        ? {}
        : { move_id: this.databaseClock.newId(), from_version_id: activation.fromVersionId }),
      registration:
        registration === null
          ? null
          : { ...registration, registered_at: this.databaseClock.now().toISOString() },
    };
  }
}

interface ChangeRow {
  readonly prompt_id: string;
  readonly [column: string]: unknown;
}

/** States separately what is set, because a description may become null. */
function metadataRow({ description, ownerTeam, tags }: Partial<PromptMetadata>): object {
  return {
    ...(description === undefined ? {} : { sets_description: true, description }),
    ...(ownerTeam === undefined ? {} : { sets_owner_team: true, owner_team: ownerTeam }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function knownPrompt(row: FoundRow): KnownPrompt {
  const { name, promptId, mode, kind, isRetired, revision, isActive, latestRegistration } = row;
  const { description, ownerTeam, tags } = row;
  const active = versionRef(row.activeId, row.activeNumber);
  const same = isActive ? active : versionRef(row.sameId, row.sameNumber);
  return {
    name,
    promptId,
    mode,
    kind,
    isRetired,
    metadata: { description, ownerTeam, tags },
    revision,
    active,
    same: same === null ? null : { ...same, latestRegistration },
    highestNumber: row.highestNumber ?? 0,
  };
}

function versionRef(versionId: string | null, versionNumber: number | null): KnownPrompt['active'] {
  return versionId === null || versionNumber === null ? null : { versionId, versionNumber };
}
