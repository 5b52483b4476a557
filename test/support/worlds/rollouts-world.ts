import { randomUUID } from 'node:crypto';
import { AuditService } from '../../../src/modules/audit/index.js';
import type { Caller } from '../../../src/modules/auth/index.js';
import { PointerKeeper, PointerMover, type RegistryWatch } from '../../../src/modules/prompts/index.js';
import { ApprovedVersionsRepository } from '../../../src/modules/prompts/pointers/approved-versions.repository.js';
import { EnvironmentRulesRepository } from '../../../src/modules/prompts/pointers/environment-rules.repository.js';
import { HeldPointersRepository } from '../../../src/modules/prompts/pointers/held-pointers.repository.js';
import { PromptsRepository } from '../../../src/modules/prompts/prompts.repository.js';
import {
  type ReadRollout,
  type RolloutEnd,
  RolloutsRepository,
  RolloutTransitions,
} from '../../../src/modules/rollouts/index.js';
import type { RolloutAction } from '../../../src/modules/rollouts/lifecycle/rollout-state.js';
import { rolloutView } from '../../../src/modules/rollouts/lifecycle/rollout-views.js';
import type { RolloutDto } from '../../../src/modules/rollouts/lifecycle/rollout.dto.js';
import type { CreateRolloutDto } from '../../../src/modules/rollouts/lifecycle/rollouts.dto.js';
import { RolloutsService } from '../../../src/modules/rollouts/lifecycle/rollouts.service.js';
import { ACTOR } from '../rows/actor.js';
import type { LedgerContext } from '../database/ledger-context.js';

export const ROLLOUT_ENVIRONMENT = 'prod';

/** The services of rollouts on a real database: prompts with three versions, the first of which runs in an environment. */
export class RolloutsWorld {
  readonly rollouts = new RolloutsRepository();
  readonly transitions: RolloutTransitions;
  readonly mover: PointerMover;
  readonly caller: Caller;
  private readonly service: RolloutsService;

  constructor(readonly context: LedgerContext) {
    const { scope, projectId } = context;
    const audit = new AuditService();
    const rules = new EnvironmentRulesRepository();
    const prompts = new PromptsRepository();
    const { rollouts } = this;
    this.mover = new PointerMover(rules, prompts, new ApprovedVersionsRepository(), audit);
    const keeper = new PointerKeeper(rules, prompts, new HeldPointersRepository());
    this.transitions = new RolloutTransitions(rollouts, keeper, this.mover, audit);
    const watch = { apply: () => undefined } as unknown as RegistryWatch;
    this.service = new RolloutsService(scope, rollouts, this.transitions, watch, audit);
    const rateLimits = { requestsPerMinute: null, tokensPerMinute: null };
    this.caller = { ...ACTOR, projectId, rateLimits, ancestors: [] };
  }

  async sql<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.context.owner.query<Row>(text, [...values])).rows;
  }

  /** Makes a new prompt for a test. @returns its name. */
  async makePrompt(): Promise<string> {
    const name = `prompt/${randomUUID()}`;
    await this.sql(
      `WITH prompt AS (
         INSERT INTO prompts (project_id, name, mode, kind) VALUES ($1, $2, 'full', 'text') RETURNING prompt_id
       ), version AS (
         INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
         SELECT $1, prompt_id, n, 'text ' || n, encode(sha256(convert_to('text ' || n, 'UTF8')), 'hex'), 'liquid-1', '{}'
         FROM prompt, generate_series(1, 3) AS n RETURNING prompt_id, version_id, version_number
       )
       INSERT INTO prompt_pointers (project_id, prompt_id, environment, version_id, registry_revision)
       SELECT $1, prompt_id, '${ROLLOUT_ENVIRONMENT}', version_id, 1 FROM version WHERE version_number = 1`,
      [this.context.projectId, name],
    );
    return name;
  }

  async create(promptName: string, more: Partial<CreateRolloutDto> = {}): Promise<RolloutDto> {
    return this.service.create(this.caller, {
      name: 'rollout',
      prompt_name: promptName,
      environment: ROLLOUT_ENVIRONMENT,
      candidate: { version_number: 2 },
      steps: [{ percent: 10 }, { percent: 50 }],
      primary: { metric: 'error_rate' },
      ...more,
    });
  }

  /** Starts a rollout of a new prompt. */
  async start(more: Partial<CreateRolloutDto> = {}): Promise<RolloutDto> {
    const { rollout_id: id } = await this.create(await this.makePrompt(), more);
    return (await this.act(id, 'start')) as RolloutDto;
  }

  /** @returns the rollout, or the code of the refusal. */
  async act(
    rolloutId: string,
    action: RolloutAction,
    reason: string | null = null,
  ): Promise<RolloutDto | string> {
    try {
      return await this.service.act(this.caller, rolloutId, action, reason);
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  }

  async get(rolloutId: string): Promise<RolloutDto> {
    const { scope, projectId } = this.context;
    const found = await scope.transaction(projectId, (tx) => this.rollouts.find(tx, projectId, rolloutId));
    if (found === null) throw new Error(`there is no rollout ${rolloutId}`);
    return rolloutView(found);
  }

  /** Reads what a decider reads of the rollout. */
  async read(rolloutId: string): Promise<ReadRollout> {
    const { projectId } = this.context;
    const [row] = await this.sql<{ fence: number; phase: number }>(
      'SELECT fence, phase FROM rollouts WHERE project_id = $1 AND rollout_id = $2',
      [projectId, rolloutId],
    );
    return { projectId, rolloutId, ...(row as { fence: number; phase: number }) };
  }

  advance(read: ReadRollout): Promise<boolean> {
    return this.context.scope.transaction(read.projectId, (tx) => this.transitions.advance(tx, read));
  }

  finish(read: ReadRollout, end: RolloutEnd): Promise<boolean> {
    return this.context.scope.transaction(read.projectId, (tx) => this.transitions.finish(tx, read, end));
  }

  /** Moves the pointer like `PUT /v1/prompts/{name}/environments/{environment}`. */
  async movePointer(promptName: string, versionNumber: number): Promise<void> {
    const { projectId, scope } = this.context;
    const [ids] = await this.sql<{ promptId: string; versionId: string }>(
      `SELECT p.prompt_id AS "promptId", v.version_id AS "versionId" FROM prompts p JOIN prompt_versions v USING (project_id, prompt_id)
       WHERE p.project_id = $1 AND p.name = $2 AND v.version_number = $3`,
      [projectId, promptName, versionNumber],
    );
    const { promptId, versionId } = ids as { promptId: string; versionId: string };
    const prompt = { projectId, promptId, name: promptName };
    await scope.transaction(projectId, (tx) =>
      this.mover.moveEnvironmentPointer(tx, this.caller, prompt, ROLLOUT_ENVIRONMENT, versionId, {
        reason: null,
      }),
    );
  }

  /** Returns the number of the version that the pointer names. */
  async pointerOf(promptName: string): Promise<number | undefined> {
    const [row] = await this.sql<{ number: number }>(
      `SELECT v.version_number AS number FROM prompts p JOIN prompt_pointers pp USING (project_id, prompt_id)
       JOIN prompt_versions v ON v.version_id = pp.version_id
       WHERE p.project_id = $1 AND p.name = $2 AND pp.environment = '${ROLLOUT_ENVIRONMENT}'`,
      [this.context.projectId, promptName],
    );
    return row?.number;
  }

  /** Lists each move with its ends and its author, the oldest first. */
  async movesOf(promptName: string): Promise<string[]> {
    const rows = await this.sql<{ move: string }>(
      `SELECT concat_ws(' ', f.version_number, '→', t.version_number, 'by', m.moved_by, '(' || m.reason || ')') AS move
       FROM prompts p JOIN pointer_moves m USING (project_id, prompt_id)
       JOIN prompt_versions t ON t.version_id = m.to_version_id LEFT JOIN prompt_versions f ON f.version_id = m.from_version_id
       WHERE p.project_id = $1 AND p.name = $2 ORDER BY m.registry_revision`,
      [this.context.projectId, promptName],
    );
    return rows.map(({ move }) => move);
  }

  async actionsOf(rolloutId: string): Promise<string[]> {
    const rows = await this.sql<{ action: string }>(
      'SELECT action FROM audit_log WHERE subject_id = $1 ORDER BY audit_id',
      [rolloutId],
    );
    return rows.map(({ action }) => action);
  }

  /** Returns the revision of the prompt, which every change of its split raises. */
  async revisionOf(promptName: string): Promise<number> {
    const [row] = await this.sql<{ revision: number }>(
      'SELECT registry_revision::integer AS revision FROM prompts WHERE project_id = $1 AND name = $2',
      [this.context.projectId, promptName],
    );
    return (row as { revision: number }).revision;
  }
}
