import type { Bell } from '../../infra/bell/index.js';
import { AppConfig, parseEnvironment } from '../../infra/config/index.js';
import { Metrics } from '../../infra/metrics/index.js';
import type { ClaimedExecution, ExecutionRunner, ExecutionsRepository } from '../executions/index.js';
import { ConsumerService } from './consumer.service.js';

/** A queue, and a runner whose calls end on the test's command. Nobody rings, and the next regular look is an hour away. */
function openConsumer(variables: Record<string, string>) {
  const queue: { projectId: string; executionId: string }[] = [];
  const running = new Map<string, () => void>();
  const released: string[] = [];
  let ring: () => unknown = () => undefined;
  const executions = {
    findUnfinishedFloor: () => Promise.resolve(''),
    claim: (slots: number, { passedOver }: { passedOver: readonly string[] }) => {
      const due = queue.filter(({ projectId }) => !passedOver.includes(projectId)).slice(0, slots);
      for (const each of due) queue.splice(queue.indexOf(each), 1);
      return Promise.resolve(due);
    },
    release: ({ executionId }: ClaimedExecution) => Promise.resolve(released.push(executionId)),
  };
  const runner = {
    run: ({ executionId }: ClaimedExecution) =>
      new Promise<void>((resolve) => {
        running.set(executionId, () => {
          running.delete(executionId);
          resolve();
        });
      }),
  };
  const bell = {
    listen: (onRing: () => unknown) => Promise.resolve((ring = onRing)),
    stopListening: () => Promise.resolve(),
  };
  const backends = { databaseUrl: '', keyHashSecret: null, embedded: false };
  const config = new AppConfig(parseEnvironment({ POLL_INTERVAL_MS: '3600000', ...variables }), backends);
  const consumer = new ConsumerService(
    config,
    bell as unknown as Bell,
    executions as unknown as ExecutionsRepository,
    runner as unknown as ExecutionRunner,
    new Metrics(),
  );
  const add = (projectId: string, count: number) => {
    for (let index = 1; index <= count; index += 1) queue.push({ projectId, executionId: projectId + index });
  };
  return { consumer, queue, running, released, add, ring: () => void ring() };
}

/** Runs all follow-up work that needs no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('ConsumerService', () => {
  it('fills each slot that frees from the backlog, without a ring or a regular look', async () => {
    const { consumer, queue, running, add } = openConsumer({ CONCURRENCY: '2' });
    add('a', 7);
    await consumer.onApplicationBootstrap();
    await settle();
    expect([...running.keys()]).toEqual(['a1', 'a2']);
    for (const next of ['a3', 'a4', 'a5', 'a6', 'a7']) {
      [...running.values()][0]?.();
      await settle();
      expect([...running.keys()].at(-1)).toBe(next);
      expect(running.size).toBe(2);
    }
    expect(queue).toEqual([]);
    for (const end of running.values()) end();
    await consumer.stop();
  });

  it('has a slot for the single one of another project, however many slow ones there are of one', async () => {
    const { consumer, running, add, ring } = openConsumer({ CONCURRENCY: '2' });
    add('greedy', 9);
    await consumer.onApplicationBootstrap();
    await settle();
    add('quiet', 2);
    ring();
    await settle();
    // The project's second call waits like everybody's.
    expect([...running.keys()]).toEqual(['greedy1', 'greedy2', 'quiet1']);
    for (let left = 11; left > 0; left -= 1) {
      [...running.values()][0]?.();
      await settle();
    }
    expect(running.size).toBe(0);
    await consumer.stop();
  });

  it('takes nothing new when it is told to stop, and waits for what it is at', async () => {
    const { consumer, running, add, ring } = openConsumer({ CONCURRENCY: '1' });
    add('a', 2);
    await consumer.onApplicationBootstrap();
    await settle();
    let isStopped = false;
    const stopped = consumer.stop().then(() => (isStopped = true));
    ring();
    await settle();
    expect(isStopped).toBe(false);
    running.get('a1')?.();
    await stopped;
    expect([...running.keys()]).toEqual([]);
  });

  it('gives back what it was claiming when it was told to stop', async () => {
    const { consumer, running, released, add } = openConsumer({ CONCURRENCY: '1' });
    add('a', 1);
    await consumer.onApplicationBootstrap();
    await consumer.stop();
    expect([running.size, released]).toEqual([0, ['a1']]);
  });
});
