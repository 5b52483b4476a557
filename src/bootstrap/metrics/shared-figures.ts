import type { INestApplicationContext } from '@nestjs/common';
import { TenantScope } from '../../infra/database/index.js';
import { type FamilyReport, type Metrics, readFamily } from '../../infra/metrics/index.js';
import { ExecutionsRepository } from '../../modules/executions/index.js';
import { Remembered } from './remembered.js';

interface FiguresRow {
  readonly webhooks_waiting: number;
  readonly budgets_below: number;
  readonly budgets_near: number;
  readonly budgets_exhausted: number;
  readonly highest_use: number;
}

/** Shorter than Prometheus' usual interval, long enough for several scrapers. */
const FRESH_MS = 5_000;
const MOST_WEBHOOKS = 10_000;

/** Registers figures from the database, which are the same in every process. */
export function addSharedFigures(app: INestApplicationContext, metrics: Metrics): void {
  const executions = app.get(ExecutionsRepository, { strict: false });
  const scope = app.get(TenantScope, { strict: false });
  const queue = new Remembered(() => executions.countAllQueued(), FRESH_MS);
  const figures = new Remembered(async () => {
    const [row] = await scope.system<FiguresRow & Record<string, unknown>>(
      'SELECT * FROM ledger_read_figures($1)',
      [MOST_WEBHOOKS],
    );
    if (row === undefined) throw new Error('ledger_read_figures answered no row');
    return row;
  }, FRESH_MS);
  metrics.addShared(async () => {
    const { queued, oldestMs } = await queue.get();
    return [
      gauge('prompt_ledger_queue_depth', 'Executions that wait, for their first attempt or another.', queued),
      gauge(
        'prompt_ledger_queue_oldest_seconds',
        'How long the oldest of them has been due.',
        oldestMs / 1000,
      ),
    ];
  });
  metrics.addShared(async () => reportFigures(await figures.get()));
}

function reportFigures(row: FiguresRow): FamilyReport[] {
  return [
    gauge(
      'prompt_ledger_webhooks_waiting',
      `Callbacks that wait to be delivered, up to ${MOST_WEBHOOKS}.`,
      row.webhooks_waiting,
    ),
    readFamily(
      {
        name: 'prompt_ledger_budgets',
        help: 'Budgets by how much of their limit is spent or held in the present period.',
        type: 'gauge',
        labelNames: ['use'],
      },
      [
        [['below_80_percent'], row.budgets_below],
        [['above_80_percent'], row.budgets_near],
        [['exhausted'], row.budgets_exhausted],
      ],
    ),
    gauge(
      'prompt_ledger_budget_highest_use_ratio',
      'Of the budget that has used the largest part of its limit, that part.',
      row.highest_use,
    ),
  ];
}

function gauge(name: string, help: string, value: number): FamilyReport {
  return readFamily({ name, help, type: 'gauge', merge: 'max' }, [[[], value]]);
}
