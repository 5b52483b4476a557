import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Found, RevisionedCache } from './revisioned-cache.js';

const PROJECT = '0190b5a0-0000-7000-8000-000000000001';
const OTHER = '0190b5a0-0000-7000-8000-000000000002';

/** Loads that end when the test says so, in any order. */
class Loads {
  readonly begun: { end: (found: Found<string>) => void; fail: (error: Error) => void }[] = [];

  readonly load = (): Promise<Found<string>> =>
    new Promise((end, fail) => {
      this.begun.push({ end, fail });
    });

  /** Ends the load with this number, counted from 0. */
  async end(number: number, found: Found<string>): Promise<void> {
    this.begun[number]?.end(found);
    await new Promise(setImmediate);
  }
}

function found(promptRevision: number, value: string | null = `at ${promptRevision}`): Found<string> {
  return { promptRevision, value };
}

function open(options: { maxBytes?: number; maxPrompts?: number; maxAgeMs?: number } = {}) {
  const state = { isFollowed: true };
  const cache = new RevisionedCache<string>({
    isFollowed: () => state.isFollowed,
    sizeBytesOf: (value) => value.length,
    ...options,
  });
  const loads = new Loads();
  return {
    cache,
    loads,
    state,
    find: async (name: string, facet = 'active', fresh = false) =>
      await cache.find(PROJECT, name, facet, loads.load, { fresh }),
    /** Returns the value in memory; undefined when it would have to be loaded. */
    kept: (name: string, facet = 'active', projectId = PROJECT) => cache.peek(projectId, name, facet),
  };
}

describe('RevisionedCache', () => {
  it('loads a thing once and then has it at once', async () => {
    const { find, loads, kept } = open();
    const first = find('a');
    await loads.end(0, found(1));
    expect(await first).toEqual(found(1));
    expect(kept('a')).toEqual(found(1));
    expect(await find('a')).toEqual(found(1));
    expect(loads.begun).toHaveLength(1);
  });

  it('loads once for many who miss the same thing at once, and apart for other things', async () => {
    const { find, loads } = open();
    const same = Array.from({ length: 100 }, () => find('a'));
    const others = [find('a', '1'), find('b')];
    expect(loads.begun).toHaveLength(3);
    for (const number of [0, 1, 2]) await loads.end(number, found(number));
    expect(new Set(await Promise.all(same))).toEqual(new Set([found(0)]));
    expect(await Promise.all(others)).toEqual([found(1), found(2)]);
  });

  it('looks once more for those who came while a load was under way that found nothing', async () => {
    const { find, loads } = open();
    const first = find('new');
    const later = [find('new'), find('new'), find('new')];
    await loads.end(0, null);
    expect(await first).toBeNull();
    expect(loads.begun).toHaveLength(2);
    await loads.end(1, found(1));
    expect(await Promise.all(later)).toEqual([found(1), found(1), found(1)]);
  });

  it('keeps nothing of a load that failed, and passes the failure on to all who waited for it', async () => {
    const { find, loads } = open();
    const waiting = [find('a'), find('a')];
    loads.begun[0]?.fail(new Error('down'));
    for (const each of waiting) await expect(each).rejects.toThrow('down');
    void find('a');
    expect(loads.begun).toHaveLength(2);
  });

  it('keeps neither a prompt that is not there nor a version that it does not have', async () => {
    const { find, loads, kept } = open();
    const answers = [find('missing'), find('a', '9')];
    await loads.end(0, null);
    await loads.end(1, found(1, null));
    expect(await Promise.all(answers)).toEqual([null, found(1, null)]);
    expect([kept('missing'), kept('a', '9')]).toEqual([undefined, undefined]);
  });

  it('does not go back when an older answer comes after a newer one', async () => {
    const { find, loads, kept } = open();
    const older = find('a');
    const newer = find('a', 'active', true);
    await loads.end(1, found(2));
    await loads.end(0, found(1));
    expect([await older, await newer]).toEqual([found(1), found(2)]);
    expect(kept('a')).toEqual(found(2));
  });

  it('holds all of a prompt at one revision: a newer answer for one thing drops the others', async () => {
    const { find, loads, kept } = open();
    void find('a', 'active');
    void find('a', '1');
    await loads.end(0, found(1));
    await loads.end(1, found(2));
    expect([kept('a', 'active'), kept('a', '1')]).toEqual([undefined, found(2)]);
  });

  it('does not keep what was loaded from before a change to after it', async () => {
    const { cache, find, loads, kept } = open();
    const before = find('a');
    cache.dropPrompt(PROJECT, 'a', 2);
    await loads.end(0, found(1));
    expect(await before).toEqual(found(1));
    expect(kept('a')).toBeUndefined();
  });

  it('lets nobody who comes after a change wait for a load from before it', async () => {
    const { cache, find, loads } = open();
    const before = find('a');
    cache.dropPrompt(PROJECT, 'a', 2);
    const after = find('a');
    await loads.end(0, found(1));
    await loads.end(1, found(2));
    expect([await before, await after]).toEqual([found(1), found(2)]);
  });

  it('keeps what it knows at the revision of a change, and other prompts', async () => {
    const { cache, find, loads, kept } = open();
    void find('a');
    void find('b');
    await loads.end(0, found(2));
    await loads.end(1, found(1));
    cache.dropPrompt(PROJECT, 'a', 2);
    expect([kept('a'), kept('b')]).toEqual([found(2), found(1)]);
    cache.dropPrompt(PROJECT, 'a', 3);
    expect([kept('a'), kept('b')]).toEqual([undefined, found(1)]);
  });

  it('drops one project and keeps the others', async () => {
    const { cache, find, loads, kept } = open();
    void find('a');
    void cache.find(OTHER, 'a', 'active', loads.load);
    await loads.end(0, found(1));
    await loads.end(1, found(7));
    cache.dropProject(PROJECT);
    expect([kept('a'), kept('a', 'active', OTHER)]).toEqual([undefined, found(7)]);
  });

  it('drops everything, and what is being loaded too', async () => {
    const { cache, find, loads, kept } = open();
    void find('a');
    void find('b');
    await loads.end(0, found(1));
    cache.dropAll();
    await loads.end(1, found(1));
    expect([kept('a'), kept('b')]).toEqual([undefined, undefined]);
  });

  it('drops a prompt that a fresh look does not find any more', async () => {
    const { find, loads, kept } = open();
    void find('a');
    await loads.end(0, found(1));
    void find('a', 'active', true);
    await loads.end(1, null);
    expect(kept('a')).toBeUndefined();
  });

  it('serves and keeps nothing while nobody tells it of changes', async () => {
    const { find, loads, kept, state } = open();
    void find('a');
    await loads.end(0, found(1));
    state.isFollowed = false;
    expect(kept('a')).toBeUndefined();
    void find('b');
    await loads.end(1, found(1));
    state.isFollowed = true;
    expect(kept('b')).toBeUndefined();
  });

  it('reads through when asked for something fresh, and remembers it', async () => {
    const { find, loads, kept } = open();
    void find('a');
    await loads.end(0, found(1));
    const fresh = [find('a', 'active', true), find('a', 'active', true)];
    expect(loads.begun).toHaveLength(3);
    await loads.end(1, found(2));
    await loads.end(2, found(2));
    expect(await Promise.all(fresh)).toEqual([found(2), found(2)]);
    expect(kept('a')).toEqual(found(2));
  });

  it('is bounded in prompts, in bytes, and in what it keeps of one prompt', async () => {
    const few = open({ maxPrompts: 2 });
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      void few.find(name);
      await few.loads.end(index, found(1));
    }
    expect(['a', 'b', 'c'].map((name) => few.kept(name) !== undefined)).toEqual([false, true, true]);

    const small = open({ maxBytes: 3000 });
    for (const [index, name] of ['a', 'b', 'large'].entries()) {
      void small.find(name);
      await small.loads.end(index, found(1, 'x'.repeat(name === 'large' ? 4000 : 1500)));
    }
    expect(['a', 'b', 'large'].map((name) => small.kept(name) !== undefined)).toEqual([false, true, false]);

    const deep = open();
    for (let number = 0; number <= 100; number += 1) {
      void deep.find('a', String(number));
      await deep.loads.end(number, found(1));
    }
    expect(['0', '1', '100'].map((facet) => deep.kept('a', facet) !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('serves nothing beyond its age, however often it is asked for and whatever is read beside it', async () => {
    const { find, loads, kept } = open({ maxAgeMs: 20 });
    void find('a');
    await loads.end(0, found(1));
    for (let number = 1; kept('a') !== undefined; number += 1) {
      void find('a', String(number));
      await loads.end(number, found(1));
      await sleep(1);
    }
    void find('a');
    await loads.end(loads.begun.length - 1, found(1));
    expect(kept('a')).toEqual(found(1));
  });

  it('never shows an older revision than before, in whatever order loads and changes end', async () => {
    const step = fc.oneof(
      fc.constant({ kind: 'change' as const }),
      fc.constant({ kind: 'tell' as const }),
      fc.record({ kind: fc.constant('begin' as const), fresh: fc.boolean() }),
      fc.record({ kind: fc.constant('end' as const), which: fc.nat(20) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { cache, find, loads, kept } = open();
        let revision = 1;
        let told = 1;
        let shown = 0;
        const snapshots: number[] = [];
        for (const each of steps) {
          if (each.kind === 'change') revision += 1;
          if (each.kind === 'tell') cache.dropPrompt(PROJECT, 'a', (told = revision));
          if (each.kind === 'begin') {
            void find('a', 'active', each.fresh);
            if (loads.begun.length > snapshots.length) snapshots.push(revision);
          }
          if (each.kind === 'end' && each.which < snapshots.length) {
            await loads.end(each.which, found(snapshots[each.which] as number));
          }
          const now = kept('a')?.promptRevision ?? shown;
          expect(now).toBeGreaterThanOrEqual(shown);
          shown = now;
          // Nothing in memory is older than a revision that was announced.
          expect(kept('a')?.promptRevision ?? told).toBeGreaterThanOrEqual(told);
        }
      }),
      { numRuns: 300 },
    );
  });
});
