// The peer of `:submit` → done: an empty job through Bull and nothing else, with producer and consumer in one process as
// in the service's default.
import Bull from 'bull';
import { beHelper } from '../lib/servers/helper-process.mjs';

const { BENCH_REDIS_URL, BENCH_CONCURRENCY } = process.env;
const queue = new Bull('bench', BENCH_REDIS_URL, { prefix: 'bench-bull-loop' });
let onCompleted = () => undefined;

// Not awaited, because it settles only when the queue is closed.
void queue.process(Number(BENCH_CONCURRENCY), () => Promise.resolve());
queue.on('completed', () => onCompleted());
await queue.isReady();

/** @returns {Promise<number>} milliseconds from the first add to the last completion. */
async function loop({ jobs, connections }) {
  const startedAtMs = performance.now();
  const allCompleted = new Promise((resolve) => {
    let completed = 0;
    onCompleted = () => {
      if (++completed === jobs) resolve();
    };
  });
  let added = 0;
  const add = async () => {
    while (added < jobs) {
      added++;
      await queue.add({}, { removeOnComplete: true });
    }
  };
  await Promise.all(Array.from({ length: connections }, add));
  await allCompleted;
  return performance.now() - startedAtMs;
}

beHelper({}, { loop });
