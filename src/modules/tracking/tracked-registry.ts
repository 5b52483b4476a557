import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../infra/database/index.js';
import { DatabaseUnavailableError } from '../../infra/http/index.js';
import { heavyWork, LedgerError } from '../../kernel/index.js';
import { type Actor, type AuditChange, AuditService } from '../audit/index.js';
import { type AuthorizedActor, ForbiddenError, mayOver } from '../auth/index.js';
import {
  DEFAULT_POINTER,
  EnvironmentProtectedError,
  EnvironmentRulesRepository,
  RegistryWatch,
} from '../prompts/index.js';
import { type VersionContent, VersionsService } from '../versions/index.js';
import { type Fault, refuseFaulty } from './errors.js';
import {
  type AskedPrompt,
  type Decision,
  isSilent,
  type KnownPrompt,
  type PreparedChange,
  type PromptChange,
} from './tracked-prompts.js';
import { TrackedRegistryRepository } from './tracked-registry.repository.js';

/** A change of many prompts. */
export interface RegistryRequest<Answer> {
  /** The prompts to change, with unique names. */
  readonly asked: readonly AskedPrompt[];
  /** Pure. Called again when the registry has changed. @throws LedgerError for what is refused. */
  readonly decide: (known: ReadonlyMap<string, KnownPrompt>) => Decision<Answer>;
  /** The environment whose pointers move. Left out: `default`, whose pointer is the active version. */
  readonly environment?: string;
  /** The reason that the pointers' history records. */
  readonly reason: string;
  readonly audit: (changes: readonly PromptChange[]) => AuditChange[];
  /** The fate of the other prompts, for the message of a refusal, such as `none was registered`. */
  readonly outcome: string;
  readonly isDryRun?: boolean;
}

interface Prepared<Answer> {
  readonly answers: Answer[];
  readonly changes: PreparedChange[];
}

/** While it has its turn, a change competes only with writers of single prompts. One of them may interfere, but not every time. */
const MAX_TRIES = 5;

/** Rolls everything back, because a prompt has changed since it was read. */
class StaleRead extends Error {}

/** Changes many prompts at once, all or none. Reads them without a lock, and compares revisions when it writes. */
@Injectable()
export class TrackedRegistry {
  constructor(
    private readonly scope: TenantScope,
    private readonly registry: TrackedRegistryRepository,
    private readonly versions: VersionsService,
    private readonly audit: AuditService,
    private readonly watch: RegistryWatch,
    private readonly rules: EnvironmentRulesRepository,
  ) {}

  /**
   * Resolves when the change is durable; if nothing changes, nothing is written. A COMMIT whose answer is lost leads to a
   * `DATABASE_UNAVAILABLE`. The caller can safely retry, because what was written then counts as the current state.
   * @throws what `decide` throws.
   * @throws PromptsRefusedError `FORBIDDEN` with all prompts that the caller may not write, in the project or by the right of a
   *   team.
   * @throws PromptsRefusedError `TEMPLATE_INVALID` with all new contents that do not parse, `ENVIRONMENT_PROTECTED` with all
   *   prompts whose pointer would move in a protected environment.
   */
  async change<Answer>(actor: AuthorizedActor, request: RegistryRequest<Answer>): Promise<Answer[]> {
    const { projectId } = actor;
    const { asked, environment = DEFAULT_POINTER } = request;
    const prepare = this.preparer(actor, request);
    const first = await prepare(await this.registry.find(projectId, asked, environment));
    if (first.changes.length === 0) return first.answers;
    if (request.isDryRun === true) {
      await this.scope.transaction(projectId, (tx) => this.assertMovable(tx, actor, request, first.changes));
      return first.answers;
    }
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      try {
        return await this.inTurn(actor, request, async (tx) =>
          // The first try uses the earlier read, because usually nothing has changed since.
          tries === 1 ? first : prepare(await this.registry.find(projectId, asked, environment, tx)),
        );
      } catch (error) {
        if (!(error instanceof StaleRead)) throw error;
      }
    }
    throw new DatabaseUnavailableError(null);
  }

  /** Runs one transaction, and applies its changes to the caches of this process before it answers. */
  private async inTurn<Answer>(
    actor: Actor,
    request: RegistryRequest<Answer>,
    prepare: (tx: EntityManager) => Promise<Prepared<Answer>>,
  ): Promise<Answer[]> {
    const { projectId, name: by } = actor;
    const { environment = DEFAULT_POINTER, reason, audit } = request;
    const { answers, changes, revision } = await this.scope.transaction(projectId, async (tx) => {
      await this.registry.takeTurn(tx, projectId);
      const prepared = await prepare(tx);
      if (prepared.changes.length === 0) return { ...prepared, revision: null };
      await this.assertMovable(tx, actor, request, prepared.changes);
      await this.audit.appendAll(tx, actor, audit(prepared.changes));
      const written = await this.registry.write(tx, projectId, prepared.changes, {
        environment,
        by,
        reason,
      });
      if (written === 'stale') throw new StaleRead();
      return { ...prepared, ...written };
    });
    if (revision === null) return answers;
    for (const change of changes) if (!isSilent(change)) this.watch.apply(projectId, change.name, revision);
    return answers;
  }

  /** Holds the rules of the environment until the transaction ends. Call it before any prompt is locked. */
  private async assertMovable<Answer>(
    tx: EntityManager,
    { projectId }: Actor,
    { environment = DEFAULT_POINTER, outcome }: RegistryRequest<Answer>,
    changes: readonly PromptChange[],
  ): Promise<void> {
    const moved = changes.filter(({ activation }) => activation !== null);
    if (moved.length === 0) return;
    const rules = await this.rules.hold(tx, projectId, environment);
    if (rules?.isProtected !== true) return;
    const faults = moved.map(({ index, name }) => ({
      index,
      error: EnvironmentProtectedError.ofMove(name, environment),
    }));
    refuseFaulty(faults, outcome);
  }

  /** Decides, and parses each new content once, however often it is called. */
  private preparer<Answer>(actor: AuthorizedActor, { decide, outcome }: RegistryRequest<Answer>) {
    const contents = new Map<number, VersionContent>();
    return async (known: ReadonlyMap<string, KnownPrompt>): Promise<Prepared<Answer>> => {
      const { answers, changes } = decide(known);
      refuseFaulty(listForbidden(actor, changes, known), outcome);
      const faults: Fault[] = [];
      for (const { index, version } of changes) {
        if (!version.isNew || contents.has(index)) continue;
        const { content } = version;
        try {
          contents.set(
            index,
            await heavyWork.run(() => this.versions.describe(content, version.checksumHash)),
          );
        } catch (error) {
          if (!(error instanceof LedgerError)) throw error;
          faults.push({ index, error });
        }
      }
      refuseFaulty(faults, outcome);
      return {
        answers,
        changes: changes.map((change) => ({ ...change, stored: contents.get(change.index) ?? null })),
      };
    };
  }
}

/** Lists the prompts that the actor may not write, because they have no right over the prompt's team before or after the change. */
function listForbidden(
  actor: AuthorizedActor,
  changes: readonly PromptChange[],
  known: ReadonlyMap<string, KnownPrompt>,
): Fault[] {
  return changes.flatMap(({ index, name, metadata }) => {
    const before = known.get(name)?.metadata.ownerTeam ?? null;
    const after = metadata?.ownerTeam === undefined ? before : metadata.ownerTeam;
    const isAllowed = (known.has(name) ? [before, after] : [after]).every((team) =>
      mayOver(actor, team, 'prompts:write'),
    );
    return isAllowed ? [] : [{ index, error: new ForbiddenError(['prompts:write']) }];
  });
}
