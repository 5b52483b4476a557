import { Lab } from './core/lab.js';
import { reportRow } from './core/row.js';
import { readPlan, writeReport } from './core/run-plan.js';
import { ROWS } from './rows/index.js';

const plan = readPlan();
const rows = ROWS.filter(({ number }) => plan.rows === null || plan.rows.includes(number));
const LIMIT_MS = plan.size === 'full' ? 12 * 60_000 : 120_000;
/** Time to end what a row that broke off left behind. */
const CLOSING_MS = 30_000;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
}, 120_000);
afterAll(() => lab.close());

describe('what holds under faults', () => {
  it.each(rows.map((row) => [row.number, row.fault, row] as const))(
    'row %i: %s',
    async (_number, _fault, row) => {
      const report = await reportRow(row, { size: plan.size, limitMs: LIMIT_MS, open: () => lab.open() });
      writeReport(plan, report);
      expect(report.broken).toEqual([]);
    },
    LIMIT_MS + CLOSING_MS,
  );
});
