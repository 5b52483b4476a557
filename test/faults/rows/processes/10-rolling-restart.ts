import type { FaultContext } from '../../core/fault-context.js';
import type { LedgerProcess, ProcessExit, ServiceProcess } from '../../../support/servers/processes.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = {
  full: { rounds: 20, clients: 8 },
  short: { rounds: 1, clients: 4 },
};
const CALL_MS = 100;
const SETTLE_LIMIT_MS = 60_000;
const SERVED_BETWEEN = 20;

/**
 * Two APIs and two workers. In each round, one of each is told to stop and is replaced, one after the
 * other, while clients run and submit. Clients repeat a request at the other API only when nobody listens.
 */
export const rollingRestartRow: FaultRow = {
  number: 10,
  fault: 'SIGTERM rolling restart of API and workers 20 times under load',
  mustHold: '0 failed requests at a client that retries connection refusals, 0 unknown outcomes',
  async run(context, size) {
    const { rounds, clients } = SIZES[size];
    context.provider.behave({ kind: 'answer', delayMs: CALL_MS });
    const apis = [await context.startApi(), await context.startApi()];
    await context.putPrompt((apis[0] as LedgerProcess).url);
    const workers = await Promise.all([context.startWorker(), context.startWorker()]);
    const load = useBoth(context, apis, clients);
    const exits: ProcessExit[] = [];
    let served = 0;
    for (let round = 0; round < rounds; round += 1) {
      exits.push(
        await replace(workers, () => context.startWorker()),
        await replace(apis, () => context.startApi()),
      );
      served += SERVED_BETWEEN;
      const enough = served;
      await context.until(() => context.history.requests.length >= enough, 'requests between restarts');
    }
    await load.stop();
    await context.untilSettled(SETTLE_LIMIT_MS);
    const verdict = await context.check();
    const failures = context.history.requests.filter(
      ({ told }) => ![200, 202].includes(told.at(-1)?.status ?? 0),
    );
    const { outcome_unknown: unknown = 0, fenced = 0 } = verdict.attemptsByStatus;
    const unclean = exits.filter(({ code }) => code !== 0).length;
    return {
      landed: [{ what: 'processes ended by SIGTERM under load', count: exits.length, atLeast: rounds * 2 }],
      measured: {
        requests: context.history.requests.length,
        'failed requests': failures.length,
        'unknown outcomes': unknown + fenced,
        'refused and sent again': context.history.tries().filter(({ isRefused }) => isRefused).length,
      },
      broken: [
        ...verdict.broken,
        ...(failures.length === 0
          ? []
          : [`${failures.length} requests failed: ${JSON.stringify(context.history.outcomes())}.`]),
        ...(unknown + fenced === 0 ? [] : [`${unknown + fenced} calls have an unknown outcome.`]),
        ...(unclean === 0 ? [] : [`${unclean} processes did not end with 0.`]),
      ],
    };
  },
};

/** The oldest goes when its successor is ready. Clients notice only that nobody listens. */
async function replace<Service extends ServiceProcess>(
  services: Service[],
  start: () => Promise<Service>,
): Promise<ProcessExit> {
  services.push(await start());
  const exit = await (services[0] as Service).stop();
  services.shift();
  return exit;
}

function useBoth(
  context: FaultContext,
  apis: readonly LedgerProcess[],
  clients: number,
): { stop(): Promise<void> } {
  let turn = 0;
  let isOver = false;
  const client = context.client(() => (apis[(turn += 1) % apis.length] as LedgerProcess).url);
  const lane = async (_: unknown, number: number) => {
    for (let index = 0; !isOver; index += 1) {
      const route = index % 2 === 0 ? 'submit' : 'run';
      await client.request({ label: `${number}-${index}`, route }).sendUntilHeard();
    }
  };
  const running = Promise.all(Array.from({ length: clients }, lane));
  return {
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}
