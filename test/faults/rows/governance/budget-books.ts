import { randomInt } from 'node:crypto';
import { formatPicoUsd } from '../../../../src/kernel/index.js';
import type { ApiClient } from '../../../support/api-client.js';
import type { FaultContext } from '../../core/fault-context.js';
import type { ReceivedCall } from '../../core/provider-stand-in.js';

export const TOKENS_A_CALL = 10;
/** One micro-dollar for each token of the answer; the prompt is free. */
const PICO_USD_A_CALL = 1_000_000 * TOKENS_A_CALL;
/** Two prompts of one team and one of another, so that each level has calls that the levels below do not have. */
const PROMPTS = [
  { name: 'first', owner_team: 'a' },
  { name: 'second', owner_team: 'a' },
  { name: 'third', owner_team: 'b' },
];

interface Level {
  readonly scope: 'project' | 'owner_team' | 'prompt';
  readonly value: string | null;
  readonly calls: number;
}

interface Ending {
  readonly held: number;
  readonly spentCalls: number;
  readonly unknownCalls: number;
  readonly deadlocks: number;
  /** How many of the three are used up. */
  readonly usedUp: number;
  readonly broken: readonly string[];
}

/** Budgets of three levels, and their expected figures, computed from executions, attempts and the provider's records. */
export class BudgetBooks {
  private constructor(
    private readonly context: FaultContext,
    private readonly levels: readonly Level[],
  ) {}

  /** The project's budget ends the row. Those of team and prompt are so much smaller that they are used up before. */
  static async open(context: FaultContext, url: string, calls: number): Promise<BudgetBooks> {
    const admin = context.admin(url);
    const expect = expecting(admin);
    await expect('put', '/v1/models/openai/priced', { max_tokens: null, supports_streaming: true });
    const model = { provider: 'openai', model_name: 'priced' };
    await expect('post', '/v1/prices', { ...model, input_usd_per_mtok: '0', output_usd_per_mtok: '1' });
    for (const { name, owner_team } of PROMPTS) {
      const body = { template_source: 'Hello {{name}}', set_active: true, owner_team };
      await expect('put', `/v1/prompts/${name}`, body);
    }
    const levels: Level[] = [
      { scope: 'project', value: null, calls },
      { scope: 'owner_team', value: 'a', calls: Math.floor(calls * 0.5) },
      { scope: 'prompt', value: 'first', calls: Math.floor(calls * 0.2) },
    ];
    for (const { scope, value, calls: count } of levels) {
      const limit_usd = formatPicoUsd(BigInt(count * PICO_USD_A_CALL));
      const budget = { name: scope, scope, period: 'total', limit_usd };
      await expect('post', '/v1/budgets', value === null ? budget : { ...budget, scope_value: value });
    }
    return new BudgetBooks(context, levels);
  }

  randomPrompt(): string {
    return PROMPTS[randomInt(PROMPTS.length)]?.name ?? '';
  }

  /** Checks periodically whether more was taken from a budget than it has. */
  watch(): { stop(): Promise<string[]> } {
    let isOver = false;
    const found: string[] = [];
    const looking = (async () => {
      while (!isOver) {
        const rows = await this.context.database.query<{ name: string; taken: string }>(
          `SELECT b.name, (p.held_pico_usd + p.spent_pico_usd)::text AS taken FROM budget_periods p JOIN budgets b USING (budget_id)
           WHERE p.held_pico_usd + p.spent_pico_usd > b.limit_pico_usd`,
        );
        for (const { name, taken } of rows)
          found.push(`${taken} pico-dollars were taken of the budget "${name}".`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    return {
      stop: async () => {
        isOver = true;
        await looking;
        return found;
      },
    };
  }

  /**
   * @param isHurried runs the expiry itself; otherwise waits for the service's own.
   * @returns milliseconds, or null when the limit was exceeded.
   */
  async untilNothingIsHeld(limitMs: number, isHurried: boolean): Promise<number | null> {
    const { database } = this.context;
    const beganAtMs = performance.now();
    const tookMs = () => Math.round(performance.now() - beganAtMs);
    let left = 1;
    const isDone = async () => {
      if (isHurried) await database.query('SELECT ledger_expire_holds(1000)');
      const [row] = await database.query<{ left: number }>('SELECT count(*)::int AS left FROM budget_holds');
      left = row?.left ?? 0;
      return left === 0 || tookMs() > limitMs;
    };
    await this.context.until(isDone, 'holds to expire', 100);
    return left === 0 ? tookMs() : null;
  }

  /**
   * @param calls the calls that the provider recorded.
   * @param refused names of the prompts that were refused for lack of money.
   */
  async close(calls: readonly ReceivedCall[], refused: ReadonlySet<string>): Promise<Ending> {
    const { database } = this.context;
    // A session reports its statistics only after it has been idle for a moment.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const [{ deadlocks } = { deadlocks: -1 }] = await database.query<{ deadlocks: number }>(
      'SELECT deadlocks::int AS deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    const executions = await database.query<{ prompt: string; team: string; id: string; reported: boolean }>(
      `SELECT p.name AS prompt, e.owner_team AS team, e.execution_id AS id, bool_or(a.cost_pico_usd IS NOT NULL) AS reported
       FROM executions_all e JOIN prompts p USING (prompt_id) JOIN execution_attempts_all a USING (execution_id) GROUP BY 1, 2, 3`,
    );
    const periods = await database.query<{ scope: string; held: string; spent: string }>(
      `SELECT b.scope_kind AS scope, p.held_pico_usd::text AS held, p.spent_pico_usd::text AS spent
       FROM budget_periods p JOIN budgets b USING (budget_id)`,
    );
    const unknown = executions.filter(({ reported }) => !reported);
    const told = new Set(calls.map(({ executionId }) => executionId));
    // The calls that the provider saw, and those that were sent but never reached it, whose outcome is unknown and which count.
    const owed = told.size + unknown.filter(({ id }) => !told.has(id)).length;
    const broken: string[] = deadlocks === 0 ? [] : [`Postgres broke ${deadlocks} deadlocks.`];
    const usedUp: Level[] = [];
    for (const level of this.levels) {
      const { scope, value } = level;
      const ofIt = executions.filter(
        ({ prompt, team }) => value === null || value === (scope === 'prompt' ? prompt : team),
      );
      const calls = scope === 'project' ? owed : ofIt.length;
      const period = periods.find((each) => each.scope === scope);
      const wanted = { held: '0', spent: String(calls * PICO_USD_A_CALL) };
      if (period?.held !== wanted.held || period.spent !== wanted.spent) {
        const seen = `${String(period?.held)} is held and ${String(period?.spent)} spent`;
        broken.push(`Of the budget of the ${scope} ${seen}, and ${wanted.spent} should be.`);
      }
      if (calls === level.calls) usedUp.push(level);
      if (calls > level.calls)
        broken.push(`The budget of the ${scope} was for ${level.calls} calls, and has ${calls}.`);
    }
    // It is left to chance which one is used up first, but nothing is refused while all of them have room.
    for (const { name, owner_team } of PROMPTS.filter(({ name }) => refused.has(name))) {
      if (!usedUp.some(({ value }) => value === null || value === name || value === owner_team))
        broken.push(`The prompt "${name}" was refused, and each of its budgets has money left.`);
    }
    const project = periods.find(({ scope }) => scope === 'project');
    return {
      held: Number(project?.held ?? -1),
      spentCalls: Number(project?.spent ?? -1) / PICO_USD_A_CALL,
      unknownCalls: unknown.length,
      deadlocks,
      usedUp: usedUp.length,
      broken,
    };
  }
}

function expecting(admin: ApiClient) {
  return async (method: 'put' | 'post', path: string, body: object): Promise<void> => {
    const { status, body: answer } = await admin[method](path, body);
    if (status > 299) throw new Error(`${path} was answered with ${status} ${JSON.stringify(answer)}`);
  };
}
