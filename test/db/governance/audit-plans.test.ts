import { type AuditFilter, AuditLogRepository } from '../../../src/modules/audit-log/audit-log.repository.js';
import { countPages } from '../../support/database/count-pages.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

/** The pages that a list of fifty may access; a scan of the table takes over a thousand. */
const PAGES = 250;
const ROWS = 60_000;
const USER = '00000000-0000-7000-8000-000000000001';
const KEY = '00000000-0000-7000-8000-000000000002';
const NOBODY = '00000000-0000-7000-8000-000000000009';

/** One entry a second, the newest now. Rare entries are spread over the whole time. */
const INSERT = `INSERT INTO audit_log (project_id, audit_id, actor, action, subject, subject_id, user_id, key_id, at)
  SELECT $1, overlay(ledger_uuid7()::text PLACING substr(ledger_uuid7_floor(t.at)::text, 1, 13) FROM 1 FOR 13)::uuid,
    CASE WHEN n % 5000 = 0 THEN 'rare' ELSE 'admin' END,
    CASE WHEN n % 5000 = 1 THEN 'prompt.delete' ELSE 'prompt.put' END, 'prompt/' || n % 20000, 'id ' || n % 20000,
    CASE WHEN n % 5000 = 2 THEN '${USER}'::uuid END, CASE WHEN n % 5000 = 3 THEN '${KEY}'::uuid END, t.at
  FROM generate_series(1, ${ROWS}) AS n, LATERAL (SELECT now() - make_interval(secs => ${ROWS} - n) AS at) AS t`;

const HOURS_AGO = (hours: number) => new Date(Date.now() - hours * 3_600_000);

let context: LedgerContext;

beforeAll(async () => {
  context = await openLedgerContext();
  for (const id of [context.projectId, context.otherProjectId]) await context.owner.query(INSERT, [id]);
  await context.owner.query('ANALYZE audit_log');
});
afterAll(() => context.close());

function pagesOf(filter: Omit<AuditFilter, 'limit'>): Promise<number> {
  return countPages(context, (tx) =>
    new AuditLogRepository().list(tx, context.projectId, { ...filter, limit: 50 }),
  );
}

describe('a page of the audit log', () => {
  it.each<[string, () => Omit<AuditFilter, 'limit'>]>([
    ['all', () => ({})],
    ['a name that is common', () => ({ actor: 'admin' })],
    ['a name that is rare', () => ({ actor: 'rare' })],
    ['a name that did nothing', () => ({ actor: 'nobody' })],
    ['a user', () => ({ actor: USER })],
    ['a key', () => ({ actor: KEY })],
    ['an id that did nothing', () => ({ actor: NOBODY })],
    ['an action that is rare', () => ({ action: 'prompt.delete' })],
    ['an action that is not there', () => ({ action: 'none' })],
    ['a subject', () => ({ subject: 'prompt/77' })],
    ['an id of a subject', () => ({ subject: NOBODY })],
    [
      'a rare action in the middle',
      () => ({ action: 'prompt.delete', from: HOURS_AGO(9), to: HOURS_AGO(8) }),
    ],
    ['an hour long ago', () => ({ from: HOURS_AGO(12), to: HOURS_AGO(11) })],
    ['what was before', () => ({ to: HOURS_AGO(30) })],
    ['a common action by a rare name', () => ({ actor: 'rare', action: 'prompt.put' })],
  ])('of %s looks at few pages', async (_what, filter) => {
    expect(await pagesOf(filter())).toBeLessThan(PAGES);
  });
});
