import { setTimeout as sleep } from 'node:timers/promises';
import { api, type ApiClient } from '../../support/api-client.js';
import {
  freePort,
  startLedger,
  startWorker,
  type LedgerProcess,
  type ServiceProcess,
} from '../../support/servers/processes.js';
import { check, type Verdict } from './checks/checker.js';
import type { FaultyServer } from './connections/faulty-server.js';
import { History } from './checks/history.js';
import { LedgerClient } from './ledger-client.js';
import type { LedgerDatabase } from './checks/ledger-database.js';
import { ProviderStandIn } from './provider-stand-in.js';

export type Settings = Readonly<Record<string, string>>;
export type Bell = 'Postgres' | 'Redis';

export const ADMIN_KEY = 'the-admin-key-of-the-fault-tests';

/** Leases lapse after seconds instead of half a minute, because rows would otherwise only wait for them. */
const COMMON_SETTINGS = {
  API_KEY: ADMIN_KEY,
  KEY_HASH_SECRET: 'a-secret-of-the-fault-tests',
  OPENAI_API_KEY: 'sk-stand-in-0000000000000000',
  DEFAULT_MODEL: 'openai/gpt-4o-mini',
  LEASE_MS: '5000',
  LOG_LEVEL: 'warn',
};
const POLL_MS = 100;
const LOG_LINES = 3;
const CRASH_LINES = 30;

/** The stage of one row: its own database and provider, and processes that it starts and ends as it likes. */
export class FaultContext {
  readonly history = new History();
  private readonly processes = new Set<ServiceProcess>();
  private readonly everStarted: ServiceProcess[] = [];
  private crash: (error: Error) => void = () => undefined;
  /** Rejects when a process of the ledger ends by its own error. */
  readonly crashed = new Promise<never>((_, reject) => {
    this.crash = reject;
  });
  private readonly over = new AbortController();

  private constructor(
    readonly postgres: FaultyServer,
    readonly redis: FaultyServer,
    readonly database: LedgerDatabase,
    readonly provider: ProviderStandIn,
  ) {}

  static async open(
    postgres: FaultyServer,
    redis: FaultyServer,
    database: LedgerDatabase,
  ): Promise<FaultContext> {
    return new FaultContext(postgres, redis, database, await ProviderStandIn.start(database));
  }

  /** Returns the settings of a process of this row's ledger. The bell is Postgres' unless specified otherwise. */
  settings(bell: Bell = 'Postgres', more: Settings = {}): Settings {
    return {
      ...COMMON_SETTINGS,
      DATABASE_URL: this.database.url,
      OPENAI_BASE_URL: this.provider.baseUrl,
      ...(bell === 'Redis' ? { REDIS_URL: this.redis.url } : {}),
      ...more,
    };
  }

  /** Starts no consumer unless `settings` have `WORKER: 'on'`. */
  async startApi(settings: Settings = this.settings()): Promise<LedgerProcess> {
    return this.keep(await startLedger({ env: { WORKER: 'off', ...settings } }));
  }

  async startWorker(settings: Settings = this.settings()): Promise<ServiceProcess> {
    return this.keep(await startWorker({ env: settings }));
  }

  /** Reserves a port for an API that has to come back at the same address. */
  freePort(): Promise<number> {
    return freePort();
  }

  /** Returns a client with the admin's key whose requests are not recorded. */
  admin(url: string): ApiClient {
    return api(url, ADMIN_KEY);
  }

  /** Puts the prompt that {@link LedgerClient} runs, and its model, which only the default project already has. */
  async putPrompt(url: string, apiKey = ADMIN_KEY): Promise<void> {
    const client = api(url, apiKey);
    const model = await client.put('/v1/models/openai/gpt-4o-mini', {
      max_tokens: null,
      supports_streaming: true,
    });
    const body = { template_source: 'Hello {{name}}', set_active: true };
    const { status } = await client.put('/v1/prompts/greeting', body);
    if (model.status !== 200 || status !== 200)
      throw new Error(`prompt or model could not be put: ${status}`);
  }

  /** Returns a client whose requests are recorded. */
  client(url: string | (() => string), apiKey = ADMIN_KEY, project = 'default'): LedgerClient {
    const { signal } = this.over;
    const urlNow = typeof url === 'string' ? () => url : url;
    return new LedgerClient(this.history, { url: urlNow, apiKey, project, signal });
  }

  async countUnfinished(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM executions_all WHERE status IN ('queued', 'running')`,
    );
    return row?.count ?? 0;
  }

  /** Waits until the condition holds; every row waits through this. @throws when the row's time is over. */
  async until(condition: () => boolean | Promise<boolean>, what: string, pollMs = 10): Promise<void> {
    while (!(await condition())) {
      if (this.isOver) throw new Error(`the row's time was over while it waited for ${what}`);
      await sleep(pollMs);
    }
  }

  /** Waits until everything is final. @returns milliseconds it took, or null when the limit was exceeded. */
  async untilSettled(limitMs: number): Promise<number | null> {
    const beganAtMs = performance.now();
    let isLate = false;
    const isSettled = async () => {
      if ((await this.countUnfinished()) === 0) return true;
      isLate = performance.now() - beganAtMs > limitMs;
      return isLate;
    };
    await this.until(isSettled, 'the end of all executions', POLL_MS);
    return isLate ? null : Math.round(performance.now() - beganAtMs);
  }

  /** Whether the row's time is over. Nothing new is begun then. */
  get isOver(): boolean {
    return this.over.signal.aborted;
  }

  /** Ends the row's time, so that everything it waits for fails. */
  endWaiting(): void {
    this.over.abort();
  }

  async check(): Promise<Verdict> {
    await this.provider.settle();
    return check(this.database, this.history, this.provider.calls);
  }

  /** Describes the state of a row that broke off. */
  describe(): string[] {
    const said = [...this.everStarted].flatMap(({ pid, logs }) =>
      logs.slice(-LOG_LINES).map((line) => `${pid}: ${line}`),
    );
    return [
      `clients were told ${JSON.stringify(this.history.outcomes())}`,
      `${this.provider.calls.length} calls`,
      ...said,
    ];
  }

  /** Ends all processes that the row left, even stopped ones. */
  async close(): Promise<void> {
    this.endWaiting();
    await Promise.all([...this.processes].map((service) => service.kill()));
    await this.postgres.restore();
    await this.redis.restore();
    await this.provider.close();
    await this.database.drop();
  }

  private keep<Service extends ServiceProcess>(service: Service): Service {
    this.processes.add(service);
    this.everStarted.push(service);
    void service.exit.then(({ code }) => {
      this.processes.delete(service);
      // Only the row ends a process by a signal or gracefully. An error of its own is always a crash.
      if (code === null || code === 0) return;
      const said = service.logs.slice(-CRASH_LINES).join('\n');
      this.crash(new Error(`a process of the ledger ended by itself with ${code}:\n${said}`));
    });
    return service;
  }
}
