import { setImmediate as nextTurn } from 'node:timers/promises';
import { Journal, type JournalOptions } from './journal.js';

interface Batch {
  readonly entries: readonly string[];
  readonly isRepeated: boolean;
  commit(): void;
  fail(error: unknown): void;
}

const outage = () => new Error('Connection terminated unexpectedly');
const sqlError = (code: string) => Object.assign(new Error(`SQLSTATE ${code}`), { code });

/** A database that commits when the test says so. */
function openJournal(options: Partial<JournalOptions<string, string>> = {}) {
  const batches: Batch[] = [];
  const journal = new Journal<string, string>({
    write: (entries, isRepeated) =>
      new Promise((resolve, reject) => {
        const commit = () => resolve(entries.map((entry) => `${entry} is durable`));
        batches.push({ entries, isRepeated, commit, fail: reject });
      }),
    toKey: (entry) => entry,
    maxRows: 4,
    workers: 2,
    patienceMs: 1000,
    ...options,
  });
  return { journal, batches, entries: () => batches.map((batch) => batch.entries) };
}

/** A database that writes at once and rejects batches for which `refuse` returns an error. */
function openRefusing(
  refuse: (entries: readonly string[], isRepeated: boolean) => Error | null,
  options: Partial<JournalOptions<string, string>> = {},
) {
  const tries: { entries: string; isRepeated: boolean }[] = [];
  const opened = openJournal({
    write: async (entries, isRepeated) => {
      tries.push({ entries: entries.join(''), isRepeated });
      const error = refuse(entries, isRepeated);
      if (error !== null) throw error;
      return Promise.resolve(entries);
    },
    maxRows: 100,
    ...options,
  });
  return { ...opened, tries };
}

async function states(promises: readonly Promise<unknown>[]): Promise<string[]> {
  await nextTurn();
  const open = Symbol('open');
  return Promise.all(
    promises.map(async (promise) =>
      Promise.race([promise, Promise.resolve(open)]).then(
        (value) => (value === open ? 'open' : String(value)),
        (error: unknown) => String(error),
      ),
    ),
  );
}

describe('Journal', () => {
  it('ends a batch before it has too many characters, and takes what is larger by itself', async () => {
    const { journal, batches, entries } = openJournal({
      countChars: () => 400_000,
      workers: 3,
      maxRows: 100,
    });
    const appended = ['a', 'b', 'c', 'd', 'e'].map((entry) => journal.append(entry));
    while (batches.length < 3) await nextTurn();
    expect(entries()).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    for (const batch of batches) batch.commit();
    await Promise.all(appended);
    const large = openJournal({ countChars: () => 5_000_000, workers: 1 });
    const alone = [large.journal.append('x'), large.journal.append('y')];
    await nextTurn();
    expect(large.entries()).toEqual([['x']]);
    large.batches[0]?.commit();
    while (large.batches.length < 2) await nextTurn();
    large.batches[1]?.commit();
    await Promise.all(alone);
  });

  it('sends the first at once, and what comes meanwhile together', async () => {
    const { journal, batches, entries } = openJournal({ workers: 1 });
    const first = journal.append('a');
    await nextTurn();
    expect(entries()).toEqual([['a']]);
    const rest = [journal.append('b'), journal.append('c')];
    await nextTurn();
    expect(entries()).toEqual([['a']]);
    expect(await states([first, ...rest])).toEqual(['open', 'open', 'open']);

    batches[0]?.commit();
    await first;
    await nextTurn();
    await nextTurn();
    expect(entries()).toEqual([['a'], ['b', 'c']]);
    expect(await states([first, ...rest])).toEqual(['a is durable', 'open', 'open']);
    batches[1]?.commit();
    expect(await Promise.all(rest)).toEqual(['b is durable', 'c is durable']);
  });

  it('has no more batches under way than workers, and none with more rows than it may', async () => {
    const { journal, batches, entries } = openJournal();
    const all = [...'abcdefghijk'].map((entry) => journal.append(entry));
    await nextTurn();
    await nextTurn();
    expect(entries()).toEqual([[...'abcd'], [...'efgh']]);
    batches[1]?.commit();
    await all[4];
    await nextTurn();
    await nextTurn();
    expect(entries()).toEqual([[...'abcd'], [...'efgh'], [...'ijk']]);
    batches[0]?.commit();
    batches[2]?.commit();
    expect(await Promise.all(all)).toHaveLength(11);
  });

  it('writes in the order of the keys, and gives each its own result', async () => {
    const { journal, batches, entries } = openJournal();
    const all = [...'cabd'].map((entry) => journal.append(entry));
    await nextTurn();
    expect(entries()).toEqual([[...'abcd']]);
    batches[0]?.commit();
    expect(await Promise.all(all)).toEqual([...'cabd'].map((entry) => `${entry} is durable`));
  });

  it.each(['22P05', '23514'])('lets a bad entry (%s) fail alone', async (code) => {
    const { journal, tries } = openRefusing((entries) => (entries.includes('x') ? sqlError(code) : null));
    const all = [...'abcxdefg'].map((entry) => journal.append(entry));
    const settled = await Promise.allSettled(all);
    expect(settled.map((each) => (each.status === 'fulfilled' ? each.value : 'failed'))).toEqual([
      ...['a', 'b', 'c', 'failed', 'd', 'e', 'f', 'g'],
    ]);
    expect(tries.map(({ entries }) => entries)).toEqual(['abcdefgx', 'abcd', 'efgx', 'ef', 'gx', 'g', 'x']);
    expect(tries.some(({ isRepeated }) => isRepeated)).toBe(false);
  });

  it('does not halve a batch for an error that is nobody of its entries to blame for', async () => {
    const { journal, tries } = openRefusing(() => sqlError('42501'));
    const settled = await Promise.allSettled([...'abcd'].map((entry) => journal.append(entry)));
    expect(settled.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(tries).toHaveLength(1);
  });

  it('goes on after a failure', async () => {
    let isBroken = true;
    const { journal } = openRefusing(() => (isBroken ? sqlError('42501') : null), { workers: 1 });
    await expect(journal.append('a')).rejects.toThrow('42501');
    isBroken = false;
    expect(await journal.append('b')).toBe('b');
  });

  describe('while the database is away', () => {
    it('writes the same again, as repeated, until it is back', async () => {
      let failures = 3;
      const { journal, tries } = openRefusing(() => (failures-- > 0 ? outage() : null));
      const all = Promise.all([journal.append('a'), journal.append('b')]);
      expect(await all).toEqual(['a', 'b']);
      expect(tries).toEqual([
        { entries: 'ab', isRepeated: false },
        ...Array<object>(3).fill({ entries: 'ab', isRepeated: true }),
      ]);
    });

    it('gives up when its patience is over', async () => {
      const { journal, tries } = openRefusing(() => outage(), { patienceMs: 100 });
      await expect(journal.append('a')).rejects.toThrow('Connection terminated');
      const [first, ...rest] = tries;
      expect(first?.isRepeated).toBe(false);
      expect(rest.length).toBeGreaterThan(0);
      expect(rest.every(({ isRepeated }) => isRepeated)).toBe(true);
    });

    it('knows the halves of a repeated batch as repeated', async () => {
      let failures = 1;
      const { journal, tries } = openRefusing((entries) => {
        if (failures-- > 0) return outage();
        return entries.includes('x') ? sqlError('22021') : null;
      });
      const settled = Promise.allSettled([journal.append('a'), journal.append('x')]);
      expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      expect(tries).toEqual([
        { entries: 'ax', isRepeated: false },
        { entries: 'ax', isRepeated: true },
        { entries: 'a', isRepeated: true },
        { entries: 'x', isRepeated: true },
      ]);
    });

    it.each(['40001', '40P01'])(
      'tries again after %s, which has undone all, and not as repeated',
      async (code) => {
        let failures = 1;
        const { journal, tries } = openRefusing(() => (failures-- > 0 ? sqlError(code) : null));
        const written = journal.append('a');
        expect(await written).toBe('a');
        expect(tries.map(({ isRepeated }) => isRepeated)).toEqual([false, false]);
      },
    );
  });
});
