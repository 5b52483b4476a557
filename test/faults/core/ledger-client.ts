import { setTimeout as sleep } from 'node:timers/promises';
import type { History, Request, Told } from './checks/history.js';

export interface Ask {
  readonly label: string;
  readonly route?: 'run' | 'submit';
  readonly key?: string;
  /** Members besides prompt, variables and correlation id. */
  readonly more?: Readonly<Record<string, unknown>>;
}

const RETRY_WAIT_MS = 50;
const PROMPT = 'greeting';

/** Who the client is, and the address that it calls. */
export interface ClientOptions {
  /** May change during the run, as behind a load balancer. */
  readonly url: () => string;
  readonly apiKey: string;
  /** The name of the key's project. */
  readonly project: string;
  /** Aborted when the row is over. Nothing is sent afterwards. */
  readonly signal: AbortSignal;
}

/** A client that records everything it is told. */
export class LedgerClient {
  constructor(
    private readonly history: History,
    private readonly options: ClientOptions,
  ) {}

  /** Makes a request that can be sent any number of times, even concurrently. */
  request(ask: Ask): LedgerRequest {
    const { label, route = 'submit', key = null } = ask;
    const request = this.history.begin({ label, route, key, project: this.options.project });
    return new LedgerRequest(request, ask, this.options);
  }

  /** Sends it once, when no fault is active. @throws when it is not acknowledged. */
  async submit(ask: Omit<Ask, 'route'>): Promise<Told> {
    const told = await this.request(ask).send();
    if (told.status !== 202) throw new Error(`:submit was answered with ${String(told.status)} ${told.body}`);
    return told;
  }
}

/** One recorded request of one client. */
export class LedgerRequest {
  constructor(
    readonly record: Request,
    private readonly ask: Ask,
    private readonly options: ClientOptions,
  ) {}

  /** @throws when the row is over. */
  async send(): Promise<Told> {
    this.options.signal.throwIfAborted();
    const { label } = this.record;
    const body = { prompt_name: PROMPT, variables: { name: label }, correlation_id: label, ...this.ask.more };
    const sentAtMs = performance.now();
    const answer = await this.post(JSON.stringify(body));
    const told = { sentAtMs, tookMs: performance.now() - sentAtMs, ...answer };
    this.record.told.push(told);
    return told;
  }

  /**
   * Repeats it until it is acknowledged: after no answer, 408, 409 (in flight), 429, 500 and 503. With a key the
   * contract allows that. Without one, each try may make its own execution.
   */
  async sendUntilAnswered(limitMs = 60_000): Promise<Told> {
    return this.sendWhile(isOpen, limitMs);
  }

  /** Repeats it as long as nobody listens at the address, which is safe with any request. */
  async sendUntilHeard(limitMs = 60_000): Promise<Told> {
    return this.sendWhile(({ isRefused }) => isRefused, limitMs);
  }

  private async sendWhile(isToRepeat: (told: Told) => boolean, limitMs: number): Promise<Told> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const told = await this.send();
      if (!isToRepeat(told) || performance.now() > deadline) return told;
      await sleep(RETRY_WAIT_MS);
    }
  }

  private async post(body: string): Promise<Omit<Told, 'sentAtMs' | 'tookMs'>> {
    const { key, route } = this.record;
    const headers = {
      'content-type': 'application/json',
      'x-api-key': this.options.apiKey,
      ...(key === null ? {} : { 'idempotency-key': key }),
    };
    try {
      const url = `${this.options.url()}/v1/executions:${route}`;
      const response = await fetch(url, { method: 'POST', headers, body });
      const text = await response.text();
      const isReplayed = response.headers.get('idempotency-replayed') === 'true';
      return { status: response.status, ...factsOf(text), isReplayed, isRefused: false, body: text };
    } catch (error) {
      const isRefused =
        ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED';
      return { status: null, code: null, executionId: null, isReplayed: false, isRefused, body: '' };
    }
  }
}

function factsOf(text: string): Pick<Told, 'code' | 'executionId'> {
  const { code, execution_id: executionId } = (text === '' ? {} : JSON.parse(text)) as Record<string, string>;
  return { code: code ?? null, executionId: executionId ?? null };
}

function isOpen({ status, code }: Told): boolean {
  if (status === 409) return code === 'IDEMPOTENCY_IN_FLIGHT';
  return status === null || [408, 429, 500, 503].includes(status);
}

/** Calls `work` with 0 … `count` − 1, with a fixed number of calls at once. */
export async function inParallel(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
}
