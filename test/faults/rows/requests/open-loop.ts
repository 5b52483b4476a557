import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { percentile } from '../../core/checks/history.js';

export interface Stream {
  readonly url: string;
  readonly route: 'run' | 'submit';
  readonly apiKey: string;
  readonly perSecond: number;
}

export interface StreamResult {
  readonly sent: number;
  readonly accepted: number;
  /** The number answered with 429. */
  readonly refused: number;
  /** Other answers by status and code, and broken connections by their code. */
  readonly others: Readonly<Record<string, number>>;
  /** The p99 of the accepted requests; null when there were none. */
  readonly p99Ms: number | null;
}

const TICK_MS = 20;
/** The time after which an answer counts as never arriving. */
const ANSWER_LIMIT_MS = 60_000;

/** Sends at its own pace, however long the answers take, because an overload does not wait for its victim. */
export async function sendFor(stream: Stream, forMs: number): Promise<StreamResult> {
  const { url, route, apiKey, perSecond } = stream;
  const dispatcher = new Agent({ headersTimeout: ANSWER_LIMIT_MS, bodyTimeout: ANSWER_LIMIT_MS });
  const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
  const body = JSON.stringify({
    prompt_name: 'greeting',
    variables: { name: 'x' },
    timeout_ms: 30_000,
    max_attempts: 1,
  });
  const took: number[] = [];
  const others: Record<string, number> = {};
  const countOther = (name: string) => (others[name] = (others[name] ?? 0) + 1);
  let refused = 0;
  const open = new Set<Promise<void>>();
  const send = async () => {
    const sentAtMs = performance.now();
    try {
      const answer = await request(`${url}/v1/executions:${route}`, {
        method: 'POST',
        dispatcher,
        headers,
        body,
      });
      const { statusCode: status } = answer;
      if (status === 429 || status < 300) await answer.body.dump();
      if (status === 429) refused += 1;
      else if (status < 300) took.push(performance.now() - sentAtMs);
      else countOther(`${status} ${((await answer.body.json()) as { code?: string }).code ?? ''}`);
    } catch (error) {
      countOther(String((error as NodeJS.ErrnoException).code));
    }
  };
  const beganAtMs = performance.now();
  let sent = 0;
  for (let nowMs = beganAtMs; nowMs < beganAtMs + forMs; nowMs = performance.now()) {
    for (; sent < ((nowMs - beganAtMs) / 1000) * perSecond; sent += 1) {
      const sending = send().finally(() => open.delete(sending));
      open.add(sending);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(open);
  await dispatcher.close();
  return { sent, accepted: took.length, refused, others, p99Ms: percentile(took, 0.99) };
}
