import { DatabaseListener } from '../../../infra/database/index.js';
import type { ChangedPrompt, RegistryChangesRepository } from './registry-changes.repository.js';
import { RegistryWatch } from './registry-watch.js';

const PROJECT = '0190b5a0-0000-7000-8000-000000000001';
const OTHER = '0190b5a0-0000-7000-8000-000000000002';

/** Connected, and notifies when the test says so. */
class FakeListener extends DatabaseListener {
  notify: (payload: string | null) => void = () => undefined;

  constructor() {
    super({ databaseUrl: '', logger: { log: () => undefined, warn: () => undefined } });
  }

  override subscribe(_channel: string, onNotification: (payload: string | null) => void): Promise<void> {
    this.notify = onNotification;
    return Promise.resolve();
  }

  override isListening(): boolean {
    return true;
  }
}

/** A registry of one project's prompts that answers when the test lets it. */
class FakeChanges {
  readonly asked: number[] = [];
  readonly prompts = new Map<string, number>();
  gate: Promise<void> = Promise.resolve();
  isDown = false;

  async listSince(_projectId: string, revision: number): Promise<ChangedPrompt[]> {
    this.asked.push(revision);
    await this.gate;
    if (this.isDown) throw new Error('no database');
    return [...this.prompts]
      .map(([name, changed]) => ({ name, revision: changed }))
      .filter((prompt) => prompt.revision > revision);
  }
}

const settled = () => new Promise(setImmediate);

async function open(kept: Record<string, number> = { a: 1, b: 2 }) {
  const listener = new FakeListener();
  const changes = new FakeChanges();
  const watch = new RegistryWatch(listener, changes as unknown as RegistryChangesRepository);
  const cache = watch.newCache<string>((value) => value.length);
  const read = (name: string, promptRevision: number) => {
    changes.prompts.set(name, promptRevision);
    const load = () => Promise.resolve({ value: name, promptRevision });
    return cache.find(PROJECT, name, 'active', load, { fresh: true });
  };
  for (const [name, promptRevision] of Object.entries(kept)) await read(name, promptRevision);
  const tell = (revision: number, projectId = PROJECT) => {
    listener.notify(JSON.stringify({ project_id: projectId, revision }));
    return settled();
  };
  return {
    listener,
    changes,
    watch,
    read,
    tell,
    isKept: (name: string) => cache.peek(PROJECT, name, 'active') !== undefined,
  };
}

describe('RegistryWatch', () => {
  it('drops all of a project of which it hears for the first time, and then only what changed', async () => {
    const { changes, read, tell, isKept } = await open();
    await tell(2);
    expect([isKept('a'), isKept('b')]).toEqual([false, false]);
    expect(changes.asked).toEqual([]);
    await read('a', 1);
    await read('b', 2);
    changes.prompts.set('b', 3);
    await tell(3);
    expect(changes.asked).toEqual([2]);
    expect([isKept('a'), isKept('b')]).toEqual([true, false]);
  });

  it('leaves the projects alone that did not change', async () => {
    const { tell, isKept } = await open();
    await tell(1, OTHER);
    expect([isKept('a'), isKept('b')]).toEqual([true, true]);
  });

  it('asks once more for all that it heard while it asked', async () => {
    const { changes, tell, isKept } = await open({ a: 1 });
    await tell(1);
    let answer: () => void = () => undefined;
    changes.gate = new Promise((resolve) => (answer = resolve));
    for (const revision of [2, 3, 4, 5]) await tell(revision);
    expect(changes.asked).toEqual([1]);
    answer();
    await settled();
    expect(changes.asked).toEqual([1, 2]);
    expect(isKept('a')).toBe(false);
    await tell(4);
    expect(changes.asked).toEqual([1, 2]);
  });

  it('drops the project when it cannot read what changed', async () => {
    const { changes, read, tell, isKept } = await open({});
    await tell(1);
    await read('a', 1);
    expect(isKept('a')).toBe(true);
    changes.isDown = true;
    await tell(2);
    expect(isKept('a')).toBe(false);
  });

  it.each([[null], ['not JSON'], ['{"project_id":1}']])('drops everything when told %j', async (payload) => {
    const { listener, isKept } = await open();
    expect(isKept('a')).toBe(true);
    listener.notify(payload);
    expect([isKept('a'), isKept('b')]).toEqual([false, false]);
  });

  it('applies a change of its own process at once', async () => {
    const { watch, isKept } = await open();
    watch.apply(PROJECT, 'a', 3);
    expect([isKept('a'), isKept('b')]).toEqual([false, true]);
  });
});
