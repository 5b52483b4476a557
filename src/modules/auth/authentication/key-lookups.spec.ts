import { Clock } from '../../../kernel/index.js';
import { KeyLookups } from './key-lookups.js';
import type { KeyRecord, KeysRepository } from './keys.repository.js';

class SetClock extends Clock {
  nowMs = 0;
  monotonicMs(): number {
    return this.nowMs;
  }
}

/** A table of keys that answers on the test's command. */
class Table {
  readonly ids = new Set<string>();
  readonly asked: (readonly string[])[] = [];
  private release: (() => void)[] = [];
  failure: Error | null = null;

  async findForAuthentication(keyIds: readonly string[]): Promise<KeyRecord[]> {
    this.asked.push(keyIds);
    await new Promise<void>((resolve) => this.release.push(resolve));
    if (this.failure !== null) throw this.failure;
    return keyIds.filter((id) => this.ids.has(id)).map((keyId) => ({ keyId }) as KeyRecord);
  }

  async answer(): Promise<void> {
    for (const release of this.release.splice(0)) release();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function setUp() {
  const [table, clock] = [new Table(), new SetClock()];
  return { table, clock, lookups: new KeyLookups(table as unknown as KeysRepository, clock) };
}

describe('looking keys up', () => {
  it('asks at once for the first, and for all that came meanwhile together', async () => {
    const { table, lookups } = setUp();
    table.ids.add('c');
    const answers = ['a', 'b', 'c', 'b'].map((id) => lookups.find(id));
    expect(table.asked).toEqual([['a']]);
    await table.answer();
    expect(table.asked).toEqual([['a'], ['b', 'c']]);
    await table.answer();
    expect(await Promise.all(answers)).toEqual([null, null, { keyId: 'c' }, null]);
  });

  it('never asks for more than 200 at a time, on more than one connection', async () => {
    const { table, lookups } = setUp();
    const answers = Array.from({ length: 1001 }, (_, n) => lookups.find(`key-${String(n)}`));
    for (let n = 1; n <= 6; n += 1) {
      expect(table.asked).toHaveLength(n);
      await table.answer();
    }
    expect(table.asked.map(({ length }) => length)).toEqual([1, 200, 200, 200, 200, 200]);
    expect(new Set(await Promise.all(answers))).toEqual(new Set([null]));
  });

  it('remembers for 4 s what there is not, and no longer', async () => {
    const { table, clock, lookups } = setUp();
    const find = async () => {
      const answer = lookups.find('a');
      await table.answer();
      return answer;
    };
    expect(await find()).toBeNull();
    table.ids.add('a');
    clock.nowMs = 3999;
    expect(await find()).toBeNull();
    expect(table.asked).toHaveLength(1);
    clock.nowMs = 4000;
    expect(await find()).toEqual({ keyId: 'a' });
  });

  it('counts those 4 s from before the look-up, however long that takes', async () => {
    const { table, clock, lookups } = setUp();
    clock.nowMs = 10_000;
    const missed = lookups.find('a');
    clock.nowMs = 13_000;
    await table.answer();
    expect(await missed).toBeNull();
    clock.nowMs = 13_999;
    expect(await lookups.find('a')).toBeNull();
    clock.nowMs = 14_000;
    void lookups.find('a');
    expect(table.asked).toEqual([['a'], ['a']]);
  });

  it('remembers nothing of a key that there is', async () => {
    const { table, lookups } = setUp();
    table.ids.add('a');
    for (let n = 1; n <= 2; n += 1) {
      const found = lookups.find('a');
      await table.answer();
      expect(await found).toEqual({ keyId: 'a' });
      expect(table.asked).toHaveLength(n);
    }
  });

  it('knows at once of a key that was made here', async () => {
    const { table, lookups } = setUp();
    const before = lookups.find('a');
    await table.answer();
    await before;
    table.ids.add('a');
    lookups.forget('a');
    const after = lookups.find('a');
    await table.answer();
    expect(await after).toEqual({ keyId: 'a' });
  });

  it('knows at once of all keys of a project that is there again', async () => {
    const { table, lookups } = setUp();
    const before = lookups.find('a');
    await table.answer();
    await before;
    table.ids.add('a');
    lookups.forgetUnknown();
    const after = lookups.find('a');
    await table.answer();
    expect(await after).toEqual({ keyId: 'a' });
  });

  it('remembers 10,000 at most, the latest', async () => {
    const { table, lookups } = setUp();
    const answers = Array.from({ length: 10_001 }, (_, n) => lookups.find(`key-${String(n)}`));
    for (let n = 0; n < 1 + 10_000 / 200; n += 1) await table.answer();
    await Promise.all(answers);
    const before = table.asked.length;
    void lookups.find('key-10000');
    void lookups.find('key-1');
    void lookups.find('key-0');
    expect(table.asked.slice(before)).toEqual([['key-0']]);
  });

  it('remembers nothing of a look-up that failed', async () => {
    const { table, lookups } = setUp();
    table.failure = new Error('the database is away');
    const failed = lookups.find('a');
    const checked = expect(failed).rejects.toThrow('the database is away');
    await table.answer();
    await checked;
    table.failure = null;
    table.ids.add('a');
    const again = lookups.find('a');
    await table.answer();
    expect(await again).toEqual({ keyId: 'a' });
  });
});
