import { parentPort } from 'node:worker_threads';
import { performJob } from './perform-job.js';
import { READY, type SandboxJob } from './sandbox-job.js';

/**
 * The program of a thread, which does one job at a time. Anything that a job throws ends the thread, because the engine may be broken.
 * Another thread then takes its place.
 */
if (parentPort === null) throw new Error('this file is the program of a thread');
const port = parentPort;

port.on('message', (job: SandboxJob) => {
  void performJob(job).then(
    (result) => port.postMessage(result),
    (error: unknown) => {
      setImmediate(() => {
        throw error;
      });
    },
  );
});
port.postMessage(READY);
