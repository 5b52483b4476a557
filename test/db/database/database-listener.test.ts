import { DatabaseListener } from '../../../src/infra/database/index.js';
import { eventually } from '../../support/eventually.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

const silent = { log: () => undefined, warn: () => undefined };

describe('DatabaseListener', () => {
  let context: LedgerContext;
  let listener: DatabaseListener;

  beforeAll(async () => {
    context = await openLedgerContext();
  });
  beforeEach(() => {
    listener = new DatabaseListener({ databaseUrl: context.url, logger: silent });
  });
  afterEach(() => listener.close());
  afterAll(() => context.close());

  async function hear(channel: string): Promise<(string | null)[]> {
    const heard: (string | null)[] = [];
    await listener.subscribe(channel, (payload) => heard.push(payload));
    return heard;
  }

  const notify = (channel: string, payload: string) =>
    context.owner.query('SELECT pg_notify($1, $2)', [channel, payload]);

  async function backends(): Promise<number[]> {
    const { rows } = await context.owner.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'prompt-ledger listener'`,
    );
    return rows.map(({ pid }) => pid);
  }

  it('has no connection before somebody subscribes, and one for any number of channels', async () => {
    expect(await backends()).toEqual([]);
    await Promise.all(['one', 'two', 'three'].map(hear));
    expect(await backends()).toHaveLength(1);
  });

  it('tells each channel its own notifications, after a null', async () => {
    const one = await hear('one');
    const two = await hear('two');
    await notify('one', 'for one');
    await notify('two', '');
    await eventually(() => one.length === 2 && two.length === 2);
    expect({ one, two }).toEqual({ one: [null, 'for one'], two: [null, ''] });
  });

  it('says null again when its connection was lost, and knows meanwhile that it hears nothing', async () => {
    const heard = await hear('one');
    expect(listener.isListening('one')).toBe(true);
    const during: boolean[] = [];
    const watching = setInterval(() => during.push(listener.isListening('one')), 1);
    await context.owner.query('SELECT pg_terminate_backend($1)', await backends());
    await eventually(() => heard.length === 2);
    clearInterval(watching);
    expect(during).toContain(false);
    expect(listener.isListening('one')).toBe(true);
    await notify('one', 'after');
    await eventually(() => heard.length === 3);
    expect(heard).toEqual([null, null, 'after']);
  });

  it('keeps the other channels when one is unsubscribed', async () => {
    const one = await hear('one');
    const two = await hear('two');
    listener.unsubscribe('one');
    expect([listener.isListening('one'), listener.isListening('two')]).toEqual([false, true]);
    await notify('one', 'unheard');
    await notify('two', 'heard');
    await eventually(() => two.length === 2);
    expect(one).toEqual([null]);
  });

  it('connects no more once it is closed', async () => {
    await hear('one');
    await listener.close();
    await hear('two');
    expect(listener.isListening('two')).toBe(false);
    await eventually(async () => (await backends()).length === 0);
  });
});
