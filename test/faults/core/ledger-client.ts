import { setTimeout as sleep } from 'node:timers/promises';
import type { History, Request, Told } from './history.js';

export interface Ask {
  readonly label: string;
  readonly route?: 'run' | 'submit';
  readonly key?: string;
  /** Beside prompt, variables and correlation id. */
  readonly more?: Readonly<Record<string, unknown>>;
}

const RETRY_WAIT_MS = 50;
const PROMPT = 'greeting';

/** A client that writes down everything it is told. `url` may change while it works, as behind a load balancer. */
export class LedgerClient {
  constructor(
    private readonly history: History,
    private readonly url: () => string,
    private readonly apiKey: string,
  ) {}

  /** Sends it once. */
  async ask(ask: Ask): Promise<Told> {
    return this.send(this.begin(ask), ask);
  }

  /** Sends it once, where nothing stands in its way. @throws when it is not answered for. */
  async submit(ask: Omit<Ask, 'route'>): Promise<Told> {
    const told = await this.ask({ ...ask, route: 'submit' });
    if (told.status !== 202) throw new Error(`:submit was answered with ${String(told.status)} ${told.body}`);
    return told;
  }

  /**
   * Repeats it until it is answered for: after no answer, 408, 409 (in flight), 429, 500 and 503. With a key, as the
   * contract wants it; without, each try may make an execution of its own.
   */
  async askUntilAnswered(ask: Ask, limitMs = 60_000): Promise<Told> {
    const request = this.begin(ask);
    const deadline = performance.now() + limitMs;
    for (;;) {
      const told = await this.send(request, ask);
      if (!shouldRepeat(told) || performance.now() > deadline) return told;
      await sleep(RETRY_WAIT_MS);
    }
  }

  private begin({ label, route = 'submit', key }: Ask): Request {
    return this.history.begin({ label, route, key: key ?? null });
  }

  private async send(request: Request, { more }: Ask): Promise<Told> {
    const { label, route, key } = request;
    const body = { prompt_name: PROMPT, variables: { name: label }, correlation_id: label, ...more };
    const sentAtMs = performance.now();
    const answer = await this.post(`/v1/executions:${route}`, JSON.stringify(body), key);
    const told = { sentAtMs, tookMs: performance.now() - sentAtMs, ...answer };
    request.told.push(told);
    return told;
  }

  private async post(
    path: string,
    body: string,
    key: string | null,
  ): Promise<Omit<Told, 'sentAtMs' | 'tookMs'>> {
    try {
      const response = await fetch(`${this.url()}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-api-key': this.apiKey,
          ...(key === null ? {} : { 'idempotency-key': key }),
        },
        body,
      });
      const text = await response.text();
      const { status, headers } = response;
      const isReplayed = headers.get('idempotency-replayed') === 'true';
      return { status, ...factsOf(text), isReplayed, body: text };
    } catch {
      return { status: null, code: null, executionId: null, isReplayed: false, body: '' };
    }
  }
}

function factsOf(text: string): Pick<Told, 'code' | 'executionId'> {
  const { code, execution_id: executionId } = (text === '' ? {} : JSON.parse(text)) as Record<string, string>;
  return { code: code ?? null, executionId: executionId ?? null };
}

function shouldRepeat({ status, code }: Told): boolean {
  if (status === 409) return code === 'IDEMPOTENCY_IN_FLIGHT';
  return status === null || [408, 429, 500, 503].includes(status);
}

/** Calls `work` with 0 … `count` − 1, so many at once. */
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
