import { randomUUID } from 'node:crypto';
import type { Role } from '../../../src/entities/index.js';
import { DatabaseClock } from '../../../src/infra/database/index.js';
import { SystemClock } from '../../../src/kernel/index.js';
import { ExecutionCountsRepository } from '../../../src/modules/analytics/counts/execution-counts.repository.js';
import { ExecutionUsageRepository } from '../../../src/modules/analytics/counts/execution-usage.repository.js';
import { ExecutionCounts } from '../../../src/modules/analytics/index.js';
import { AuditService } from '../../../src/modules/audit/index.js';
import { type Caller, type Scope, SCOPES, scopesForRole } from '../../../src/modules/auth/index.js';
import { ApplyChangeService } from '../../../src/modules/changes/apply-change.service.js';
import { ChangeEffects } from '../../../src/modules/changes/change-effects.js';
import { ChangeLog } from '../../../src/modules/changes/change-log.js';
import { ChangeReviewsService } from '../../../src/modules/changes/reviews/change-reviews.service.js';
import type { ChangeDto, OpenChangeDto } from '../../../src/modules/changes/changes.dto.js';
import { ChangesRepository } from '../../../src/modules/changes/changes.repository.js';
import { ChangesService } from '../../../src/modules/changes/changes.service.js';
import { OpenChangeService } from '../../../src/modules/changes/open-change.service.js';
import { EvidenceCheck } from '../../../src/modules/changes/evidence/evidence-check.js';
import { ReviewsRepository } from '../../../src/modules/changes/reviews/reviews.repository.js';
import { ComparisonsService, ExperimentsRepository } from '../../../src/modules/experiments/index.js';
import { ResultsRepository } from '../../../src/modules/experiments/results/results.repository.js';
import {
  type DiffService,
  PointerKeeper,
  PointerMover,
  RegistryTransactions,
  type RegistryWatch,
} from '../../../src/modules/prompts/index.js';
import { EnvironmentRulesRepository } from '../../../src/modules/prompts/pointers/environment-rules.repository.js';
import { ApprovedVersionsRepository } from '../../../src/modules/prompts/pointers/approved-versions.repository.js';
import { HeldPointersRepository } from '../../../src/modules/prompts/pointers/held-pointers.repository.js';
import { PromptsRepository } from '../../../src/modules/prompts/prompts.repository.js';
import {
  RolloutDrafts,
  RolloutsRepository,
  RolloutTransitions,
} from '../../../src/modules/rollouts/index.js';
import type { LedgerContext } from '../database/ledger-context.js';

export const ENVIRONMENT = 'prod';

/** Somebody's identity. Omitted members have the usual values. */
export interface Identity {
  /** Default `editor`; null for somebody who is not a member. */
  readonly role?: Role | null;
  /** A principal. Default `instance`. */
  readonly madeBy?: string;
  /** The maker of the key. Default: the maker of the account. */
  readonly keyMadeBy?: string;
}

/** The scopes and the maker of a key without an owner. */
export interface KeyIdentity {
  readonly scopes?: readonly Scope[];
  readonly madeBy?: string;
  readonly ancestors?: readonly string[];
}

/** The services of changes on a real database: prompts with three versions, the first of which runs in a protected environment. */
export class ChangesWorld {
  readonly changes: ChangesService;
  readonly opening: OpenChangeService;
  readonly reviews: ChangeReviewsService;
  readonly applying: ApplyChangeService;
  readonly instance: Caller;

  private constructor(
    readonly context: LedgerContext,
    private readonly databaseClock: DatabaseClock,
  ) {
    const { scope, projectId } = context;
    const audit = new AuditService();
    const repository = new ChangesRepository();
    const reviews = new ReviewsRepository();
    const counts = new ExecutionCounts(new ExecutionCountsRepository(scope), new ExecutionUsageRepository());
    const log = new ChangeLog(repository, audit);
    const mover = new PointerMover(
      new EnvironmentRulesRepository(),
      new PromptsRepository(),
      new ApprovedVersionsRepository(),
      audit,
    );
    // Other tests cover diffs over HTTP.
    const diffs = { findUnified: () => Promise.resolve('') } as unknown as DiffService;
    const watch = { apply: () => undefined } as unknown as RegistryWatch;
    const rollouts = new RolloutsRepository();
    const drafts = new RolloutDrafts(rollouts);
    const keeper = new PointerKeeper(
      new EnvironmentRulesRepository(),
      new PromptsRepository(),
      new HeldPointersRepository(),
    );
    const transitions = new RolloutTransitions(rollouts, keeper, mover, audit);
    const experiments = new ExperimentsRepository();
    const comparisons = new ComparisonsService(scope, experiments, new ResultsRepository());
    const evidence = new EvidenceCheck(experiments, comparisons, databaseClock);
    this.changes = new ChangesService(scope, databaseClock, repository, reviews, counts, diffs);
    this.opening = new OpenChangeService(scope, repository, drafts, evidence, audit);
    this.reviews = new ChangeReviewsService(
      scope,
      repository,
      reviews,
      new ApprovedVersionsRepository(),
      log,
    );
    this.applying = new ApplyChangeService(
      new RegistryTransactions(scope, watch),
      repository,
      reviews,
      evidence,
      new ChangeEffects(mover, transitions),
      log,
    );
    this.instance = callerOf(projectId, { kind: 'instance', name: 'admin' }, new Set(SCOPES));
  }

  static async open(context: LedgerContext): Promise<ChangesWorld> {
    const databaseClock = new DatabaseClock(context.scope, new SystemClock());
    await databaseClock.onModuleInit();
    return new ChangesWorld(context, databaseClock);
  }

  close(): void {
    this.databaseClock.onModuleDestroy();
  }

  async sql<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.context.owner.query<Row>(text, [...values])).rows;
  }

  /** Changes the rules as a PUT of the environment does. */
  async protect(rules: { required?: number; teams?: readonly string[] } = {}): Promise<void> {
    await this.sql(
      `UPDATE environments SET protected = true, required_approvals = $2, approval_teams = $3, revision = revision + 1
       WHERE project_id = $1 AND name = '${ENVIRONMENT}'`,
      [this.context.projectId, rules.required ?? 1, rules.teams ?? []],
    );
  }

  /** Makes a new prompt for a test. @returns its name. */
  async makePrompt(more: { readonly ownerTeam?: string } = {}): Promise<string> {
    const name = `prompt/${randomUUID()}`;
    const { projectId } = this.context;
    await this.sql(
      `WITH prompt AS (
         INSERT INTO prompts (project_id, name, mode, kind, owner_team) VALUES ($1, $2, 'full', 'text', $3) RETURNING prompt_id
       ), version AS (
         INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
         SELECT $1, prompt_id, n, 'text ' || n, encode(sha256(convert_to('text ' || n, 'UTF8')), 'hex'), 'liquid-1', '{}'
         FROM prompt, generate_series(1, 3) AS n RETURNING prompt_id, version_id, version_number
       )
       INSERT INTO prompt_pointers (project_id, prompt_id, environment, version_id, registry_revision)
       SELECT $1, prompt_id, '${ENVIRONMENT}', version_id, 1 FROM version WHERE version_number = 1`,
      [projectId, name, more.ownerTeam ?? null],
    );
    return name;
  }

  /** Makes a service account with its own key. */
  async makeUser(
    name: string,
    { role = 'editor', madeBy = 'instance', keyMadeBy }: Identity = {},
  ): Promise<Caller> {
    const { projectId } = this.context;
    const [user] = await this.sql<{ user_id: string }>(
      `INSERT INTO users (kind, name, made_by) VALUES ('service', $1, $2) RETURNING user_id`,
      [name, madeBy],
    );
    const userId = (user as { user_id: string }).user_id;
    if (role !== null) {
      const text = `INSERT INTO members (project_id, user_id, role, added_by) VALUES ($1, $2, $3, 'test')`;
      await this.sql(text, [projectId, userId, role]);
    }
    return this.makeKeyOf(userId, name, role, keyMadeBy ?? madeBy);
  }

  /** Makes a further key of a user. */
  async makeKeyOf(userId: string, name: string, role: Role | null, madeBy: string): Promise<Caller> {
    const { projectId } = this.context;
    const keyId = await this.insertKey(`'{}'`, [name, userId, role, madeBy, []]);
    const scopes = role === null ? new Set<Scope>() : scopesForRole(role);
    return callerOf(projectId, { kind: 'service', userId, keyId, name }, scopes);
  }

  /** Makes a key without an owner. */
  async makeKey(
    name: string,
    { scopes = [], madeBy = 'instance', ancestors = [] }: KeyIdentity = {},
  ): Promise<Caller> {
    const quoted = `ARRAY[${scopes.map((scope) => `'${scope}'`).join(',')}]::text[]`;
    const keyId = await this.insertKey(quoted, [name, null, null, madeBy, ancestors]);
    return callerOf(this.context.projectId, { kind: 'key', keyId, name }, new Set(scopes));
  }

  private async insertKey(scopes: string, values: readonly unknown[]): Promise<string> {
    const [row] = await this.sql<{ key_id: string }>(
      `INSERT INTO api_keys (project_id, name, user_id, role, made_by, ancestors, secret_hmac, scopes)
       VALUES ($1, $2, $3, $4, $5, $6, '\\x00', ${scopes}) RETURNING key_id`,
      [this.context.projectId, ...values],
    );
    return (row as { key_id: string }).key_id;
  }

  openChange(caller: Caller, promptName: string, version = 2): Promise<ChangeDto> {
    return this.openAndGet(caller, {
      prompt_name: promptName,
      environment: ENVIRONMENT,
      version_number: version,
      reason: 'because',
    });
  }

  /** @returns the change that starts a rollout. */
  openRollout(caller: Caller, rolloutId: string, more: Partial<OpenChangeDto> = {}): Promise<ChangeDto> {
    const request = { kind: 'rollout', rollout_id: rolloutId, reason: 'because', ...more };
    return this.openAndGet(caller, request as OpenChangeDto);
  }

  private async openAndGet(caller: Caller, request: OpenChangeDto): Promise<ChangeDto> {
    return this.changes.get(this.context.projectId, await this.opening.open(caller, request));
  }

  /** @returns the change, or the code of the refusal. */
  async approve(
    caller: Caller,
    changeId: string,
    comment: string | null = null,
  ): Promise<ChangeDto | string> {
    return this.codeOr(changeId, this.reviews.approve(caller, changeId, comment));
  }

  async reject(caller: Caller, changeId: string): Promise<ChangeDto | string> {
    return this.codeOr(changeId, this.reviews.reject(caller, changeId, null));
  }

  async withdraw(caller: Caller, changeId: string): Promise<ChangeDto | string> {
    return this.codeOr(changeId, this.reviews.withdraw(caller, changeId, null));
  }

  async apply(caller: Caller, changeId: string, request: object = {}): Promise<ChangeDto | string> {
    return this.codeOr(changeId, this.applying.apply(caller, changeId, request));
  }

  private async codeOr(changeId: string, done: Promise<void>): Promise<ChangeDto | string> {
    try {
      await done;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
    return this.changes.get(this.context.projectId, changeId);
  }
}

function callerOf(
  projectId: string,
  caller: Partial<Caller> & Pick<Caller, 'kind' | 'name'>,
  scopes: ReadonlySet<Scope>,
): Caller {
  return {
    projectId,
    userId: null,
    keyId: null,
    origin: '127.0.0.1',
    role: null,
    overTeams: new Map(),
    rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
    ancestors: [],
    ...caller,
    scopes,
  };
}
