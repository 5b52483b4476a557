import { randomInt } from 'node:crypto';
import type { LedgerProcess, ServiceProcess } from '../../../support/servers/processes.js';
import { ADMIN_KEY, type FaultContext, type Settings } from '../../core/fault-context.js';
import { isAlive } from '../../core/connections/faulty-server.js';
import { inParallel } from '../../core/ledger-client.js';
import type { FaultRow } from '../../core/row.js';
import { BudgetBooks, TOKENS_A_CALL } from './budget-books.js';

const SIZES = {
  full: { tries: 5_000, calls: 1_000, kills: 8, callMs: 800, pauseMs: 400, holdMs: 20_000 },
  short: { tries: 400, calls: 60, kills: 1, callMs: 150, pauseMs: 20, holdMs: 3_000 },
};
const CLIENTS = 64;
const WORKERS = 3;
const SETTLE_LIMIT_MS = 120_000;
/** Every process looks for expired holds once a minute. */
const EXPIRY_LIMIT_MS = 100_000;
/** Ten words: the token limit of every call, so that the cost of a call equals its hold. */
const ANSWER = Array.from({ length: TOKENS_A_CALL }, (_, index) => `word-${index}`).join(' ');

interface Tries {
  admitted: number;
  refused: number;
  /** The refused prompts. */
  readonly refusedPrompts: Set<string>;
  readonly other: string[];
}

/**
 * Two APIs admit runs and submits, half each, while workers are killed during calls. Nothing is called twice
 * (`max_attempts: 1`, `on_unknown: fail`), so an admitted execution takes the price of one call from its budgets for
 * good: either it is reported, or its outcome is unknown and its hold is spent when it expires.
 */
export const budgetsRow: FaultRow = {
  number: 19,
  fault: '64 clients, 5,000 tries on budgets of three levels for 1,000 calls, workers killed with SIGKILL',
  mustHold: 'admitted exactly 1,000; 0 deadlocks; held 0 and spent to the last digit at the end',
  async run(context, size) {
    const { tries, calls, kills, callMs, pauseMs, holdMs } = SIZES[size];
    context.provider.behave({ kind: 'answer', text: ANSWER, delayMs: callMs });
    const settings = context.settings('Postgres', { BUDGET_HOLD_MS: String(holdMs), CONCURRENCY: '16' });
    const apis = [await context.startApi(settings), await context.startApi(settings)] as const;
    const books = await BudgetBooks.open(context, apis[0].url, calls);
    const workers = await Promise.all(Array.from({ length: WORKERS }, () => context.startWorker(settings)));
    const watch = books.watch();

    const seen: Tries = { admitted: 0, refused: 0, refusedPrompts: new Set(), other: [] };
    const asking = inParallel(tries, CLIENTS, async () => {
      await ask(apis[randomInt(2)] as LedgerProcess, books.randomPrompt(), seen);
      await new Promise((resolve) => setTimeout(resolve, randomInt(2 * pauseMs)));
    });
    const killing = killOneByOne(context, workers, settings, (kill) => (calls * (kill + 0.5)) / (kills + 1));
    const pids = await killing(kills);
    await asking;
    const settledMs = await context.untilSettled(SETTLE_LIMIT_MS);
    const expiredMs = await books.untilNothingIsHeld(EXPIRY_LIMIT_MS, size === 'short');
    const overspent = await watch.stop();
    const verdict = await context.check();
    const end = await books.close(context.provider.calls, seen.refusedPrompts);

    return {
      landed: [
        { what: 'tries', count: seen.admitted + seen.refused, atLeast: tries },
        { what: 'tries refused for the money', count: seen.refused, atLeast: tries - calls },
        { what: 'budgets used up', count: end.usedUp, atLeast: size === 'full' ? 3 : 1 },
        {
          what: 'workers gone by SIGKILL',
          count: pids.filter((pid) => !isAlive(pid)).length,
          atLeast: kills,
        },
        {
          what: 'calls whose outcome nobody knows',
          count: verdict.attemptsByStatus['outcome_unknown'] ?? 0,
          atLeast: size === 'full' ? 1 : 0,
        },
      ],
      measured: {
        admitted: seen.admitted,
        executions: verdict.executions,
        'calls that the provider saw': context.provider.calls.length,
        'held at the end': end.held,
        'spent at the end, in calls': end.spentCalls,
        'of these, holds counted as spent': end.unknownCalls,
        deadlocks: end.deadlocks,
        'looks that found more held and spent than the limit': overspent.length,
        'settled after ms': settledMs ?? 'never',
      },
      broken: [
        ...verdict.broken,
        ...(seen.admitted === calls
          ? []
          : [`${seen.admitted} were admitted, and there was money for ${calls}.`]),
        ...(verdict.executions === calls
          ? []
          : [`There are ${verdict.executions} executions for ${calls} calls.`]),
        ...(settledMs === null ? ['Not all was done within two minutes.'] : []),
        ...(expiredMs === null ? ['Holds were left when they should have expired.'] : []),
        ...seen.other.slice(0, 5),
        ...overspent.slice(0, 5),
        ...end.broken,
      ],
    };
  },
};

async function ask({ url }: LedgerProcess, promptName: string, seen: Tries): Promise<void> {
  const isRun = Math.random() < 0.5;
  const response = await fetch(`${url}/v1/executions:${isRun ? 'run' : 'submit'}`, {
    method: 'POST',
    headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({
      prompt_name: promptName,
      variables: { name: 'Ada' },
      model: 'openai/priced',
      params: { max_new_tokens: TOKENS_A_CALL },
      max_attempts: 1,
      on_unknown: 'fail',
    }),
  });
  const text = await response.text();
  if (response.status === (isRun ? 200 : 202)) seen.admitted += 1;
  else if (response.status === 402 && text.includes('"reason":"refused"')) {
    seen.refused += 1;
    seen.refusedPrompts.add(promptName);
  } else seen.other.push(`A try was answered with ${response.status} ${text}.`);
}

/** Kills each after a number of calls, in the middle of some, and replaces it at once. @returns the killed ids. */
function killOneByOne(
  context: FaultContext,
  workers: ServiceProcess[],
  settings: Settings,
  callsBefore: (kill: number) => number,
) {
  return async (kills: number): Promise<number[]> => {
    const pids: number[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      await context.until(() => context.provider.calls.length >= callsBefore(kill), 'calls to cut off');
      const victim = workers.shift() as ServiceProcess;
      await victim.kill();
      pids.push(victim.pid);
      workers.push(await context.startWorker(settings));
    }
    return pids;
  };
}
