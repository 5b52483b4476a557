import type { INestApplicationContext, Type } from '@nestjs/common';
import { packageVersion } from '../../infra/config/index.js';
import { JournalConnections, TenantScope } from '../../infra/database/index.js';
import { type FamilyReport, type Metrics, readFamily } from '../../infra/metrics/index.js';
import type { CacheCounts } from '../../kernel/index.js';
import { Authenticator } from '../../modules/auth/index.js';
import { ResponseCache } from '../../modules/executions/index.js';
import { ModelsService, PriceReads } from '../../modules/models/index.js';
import { RegistryWatch } from '../../modules/prompts/index.js';
import { Circuits } from '../../modules/providers/index.js';

/** Caches by their label. */
const CACHES: Readonly<Record<string, Type<{ readonly counts: CacheCounts }>>> = {
  prompts: RegistryWatch,
  keys: Authenticator,
  models: ModelsService,
  prices: PriceReads,
  responses: ResponseCache,
};

/** Registers figures that modules of this process keep anyway, to be read on demand. */
export function addProcessFigures(app: INestApplicationContext, metrics: Metrics): void {
  const circuits = app.get(Circuits, { strict: false });
  const pools = {
    main: app.get(TenantScope, { strict: false }),
    journal: app.get(JournalConnections, { strict: false }),
  };
  const caches = Object.entries(CACHES).flatMap(([name, type]) => {
    const cache = findInstance(app, type);
    return cache === null ? [] : [[name, cache.counts] as const];
  });
  metrics.add(() => [
    reportPools(Object.entries(pools)),
    reportCaches(caches),
    reportCircuits(circuits),
    readFamily(
      {
        name: 'prompt_ledger_build_info',
        help: 'The version of this service; the value is 1.',
        type: 'gauge',
        labelNames: ['version'],
        merge: 'max',
      },
      [[[packageVersion()], 1]],
    ),
  ]);
}

function reportPools(
  pools: readonly [name: string, pool: Pick<TenantScope, 'countConnections'>][],
): FamilyReport {
  return readFamily(
    {
      name: 'prompt_ledger_database_connections',
      help: 'Connections to the database by what they do, and requests that wait for one.',
      type: 'gauge',
      labelNames: ['pool', 'state'],
    },
    pools.flatMap(([name, pool]) => {
      const { busy, idle, waiting } = pool.countConnections();
      return [
        [[name, 'busy'], busy],
        [[name, 'idle'], idle],
        [[name, 'waiting'], waiting],
      ] as const;
    }),
  );
}

function reportCaches(caches: readonly (readonly [name: string, counts: CacheCounts])[]): FamilyReport {
  return readFamily(
    {
      name: 'prompt_ledger_cache_requests_total',
      help: 'Looks into the caches of this process (responses: into that in the database), by what they found.',
      type: 'counter',
      labelNames: ['cache', 'result'],
    },
    caches.flatMap(
      ([name, { hits, misses }]) =>
        [
          [[name, 'hit'], hits],
          [[name, 'miss'], misses],
        ] as const,
    ),
  );
}

function reportCircuits(circuits: Circuits): FamilyReport {
  const states = circuits.list().map(({ state }) => state);
  return readFamily(
    {
      name: 'prompt_ledger_circuits',
      help: 'Models whose circuit is not closed, by its state; /health/ready names them.',
      type: 'gauge',
      labelNames: ['state'],
    },
    (['open', 'half_open'] as const).map((state) => [[state], states.filter((one) => one === state).length]),
  );
}

/** Returns null if the process has no such provider; a worker, for example, authenticates no callers. */
function findInstance<Value>(app: INestApplicationContext, type: Type<Value>): Value | null {
  try {
    return app.get(type, { strict: false });
  } catch {
    return null;
  }
}
