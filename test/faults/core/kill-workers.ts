import type { ServiceProcess } from '../../support/servers/processes.js';
import { isAlive } from './connections/faulty-server.js';
import type { Bell, FaultContext } from './fault-context.js';
import { inParallel } from './ledger-client.js';

export interface KillPlan {
  readonly bell: Bell;
  readonly executions: number;
  readonly kills: number;
  /** The length of a call. With few executions calls must be long, or a killed worker may have none under way. */
  readonly callMs?: number;
  /** Members of each submit's body besides the usual ones. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface KillResult {
  /** The number of processes that are gone. */
  readonly gone: number;
  /** The time from the last kill and the last submit until everything was final; null when it was over a minute. */
  readonly settledMs: number | null;
}

const WORKERS = 3;
const CALL_MS = 50;
/** No call must reach this time-out, however busy the machine: it would be repeated without a worker's death. */
const TIMEOUT_MS = 30_000;
/** A backlog would hide how long a lost execution waits, because it queues again behind the others. */
const MOST_WAITING = 400;
const SUBMITTERS = 16;
const SETTLE_LIMIT_MS = 60_000;

/** Submits steadily while workers are killed with SIGKILL, evenly over the run. Each is replaced at once. */
export async function killWorkers(context: FaultContext, plan: KillPlan): Promise<KillResult> {
  const { bell, executions, kills, callMs = CALL_MS } = plan;
  const { calls } = context.provider;
  const settings = context.settings(bell, { CONCURRENCY: '16' });
  context.provider.behave({ kind: 'answer', delayMs: callMs });
  const api = await context.startApi(settings);
  await context.putPrompt(api.url);
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => context.startWorker(settings)));
  const callsBefore = calls.length;
  const called = () => calls.length - callsBefore;

  const client = context.client(api.url);
  const submitting = inParallel(executions, SUBMITTERS, async (index) => {
    await context.until(() => index - called() <= MOST_WAITING, 'the backlog to shrink');
    await client.submit({ label: `${bell}-${index}`, more: { timeout_ms: TIMEOUT_MS, ...plan.more } });
  });
  const isTime = (kill: number) => called() >= (executions * (kill + 0.5)) / kills;
  const killing = killOneByOne(context, workers, settings, kills, isTime);
  const [pids] = await Promise.all([killing, submitting]);
  const settledMs = await context.untilSettled(SETTLE_LIMIT_MS);
  await Promise.all([api, ...workers].map((service) => service.kill()));
  return { gone: pids.filter((pid) => !isAlive(pid)).length, settledMs };
}

/** @returns the ids of the processes that were killed. */
async function killOneByOne(
  context: FaultContext,
  workers: ServiceProcess[],
  settings: Readonly<Record<string, string>>,
  kills: number,
  isTime: (kill: number) => boolean,
): Promise<number[]> {
  const pids: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    await context.until(() => isTime(kill), 'calls to cut off');
    const victim = workers.shift() as ServiceProcess;
    await victim.kill();
    pids.push(victim.pid);
    workers.push(await context.startWorker(settings));
  }
  return pids;
}
