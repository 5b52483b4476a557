import { AppConfig, Environment } from '../../infra/config/index.js';
import { DatabaseListener } from '../../infra/database/index.js';
import { Clock } from '../../kernel/index.js';
import { SecretWatch } from './secret-watch.js';
import type { Revisions, SecretsRepository } from './secrets.repository.js';

class SetClock extends Clock {
  nowMs = 0;
  monotonicMs(): number {
    return this.nowMs;
  }
}

const config = new AppConfig(new Environment(), { databaseUrl: '', keyHashSecret: null, embedded: false });
const listener = new DatabaseListener({
  databaseUrl: '',
  logger: { warn: () => undefined, log: () => undefined },
});
const watchOver = (repository: object, clock: Clock = new SetClock()) =>
  new SecretWatch(repository as unknown as SecretsRepository, clock, config, listener);

function setUp() {
  const clock = new SetClock();
  const looks: ((revisions: Revisions) => void)[] = [];
  const listRevisions = () => new Promise<Revisions>((resolve) => looks.push(resolve));
  const watch = watchOver({ listRevisions }, clock);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { watch, clock, looks, turn };
}

it('knows nothing before the first look, and what it saw for four seconds', async () => {
  const { watch, clock, looks, turn } = setUp();
  expect(watch.isFresh).toBe(false);
  const looked = watch.refresh();
  await turn();
  clock.nowMs = 1000;
  looks[0]?.(new Map([['a project', 'openai:1']]));
  await looked;
  expect(watch.getRevisions('a project')).toBe('openai:1');
  expect(watch.getRevisions('another')).toBeUndefined();
  // The age counts from before the read.
  clock.nowMs = 3999;
  expect(watch.isFresh).toBe(true);
  clock.nowMs = 4000;
  expect(watch.isFresh).toBe(false);
});

it('looks once at a time, so that the newest look is the last', async () => {
  const { watch, looks, turn } = setUp();
  const [first, second] = [watch.refresh(), watch.refresh()];
  await turn();
  expect(looks).toHaveLength(1);
  looks[0]?.(new Map([['a project', 'openai:1']]));
  await first;
  await turn();
  looks[1]?.(new Map([['a project', 'openai:2']]));
  await second;
  expect(watch.getRevisions('a project')).toBe('openai:2');
});

it('goes on after a look that failed', async () => {
  const revisions = [
    () => Promise.reject(new Error('away')),
    () => Promise.resolve(new Map([['p', 'openai:1']])),
  ];
  const repository = { listRevisions: () => revisions.shift()?.() };
  const watch = watchOver(repository);
  await expect(watch.refresh()).rejects.toThrow('away');
  await watch.refresh();
  expect(watch.getRevisions('p')).toBe('openai:1');
});

it('names the credentials of a project by its own revision, and those of the operator not at all', async () => {
  const repository = { listRevisions: () => Promise.resolve(new Map([['p', 'anthropic:1,openai:2']])) };
  const watch = watchOver(repository);
  await watch.refresh();
  expect(watch.toAccount('p', 'openai')).toBe('p openai:2');
  expect(watch.toAccount('p', 'google')).toBe('');
  expect(watch.toAccount('another', 'openai')).toBe('');
});
