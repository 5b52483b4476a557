import { ServiceProblem } from '../api/service-problem';
import type { Answer, Request } from './messages';
import type { TaskInput, TaskName, TaskOutput } from './tasks';
import workerUrl from './worker?worker&url';

interface Waiting {
  readonly resolve: (output: never) => void;
  readonly reject: (error: unknown) => void;
}

/** The page permits one Trusted Types policy, and this one creates one script URL. */
const POLICY = 'prompt-ledger-worker';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

const trusted = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy(POLICY, {
  createScriptURL(url) {
    if (url !== workerUrl) throw new TypeError('No other script than the worker of this page.');
    return url;
  },
});

const waiting = new Map<number, Waiting>();
let worker: Worker | null = null;
let asked = 0;

/** Runs a task off the main thread. @throws ServiceProblem with the code that the service would answer. */
export function ask<Name extends TaskName>(task: Name, input: TaskInput<Name>): Promise<TaskOutput<Name>> {
  return new Promise((resolve, reject) => {
    const id = (asked += 1);
    waiting.set(id, { resolve, reject });
    worker ??= startWorker();
    worker.postMessage({ id, task, input } satisfies Request);
  });
}

function startWorker(): Worker {
  const started = new Worker(trusted?.createScriptURL(workerUrl) ?? workerUrl, { type: 'module' });
  started.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    const asker = waiting.get(data.id);
    waiting.delete(data.id);
    if ('code' in data) asker?.reject(new ServiceProblem(data.code, data.detail));
    else asker?.resolve(data.output as never);
  });
  // The worker could not be loaded. The next request starts another one.
  started.addEventListener('error', () => {
    worker = null;
    started.terminate();
    const error = new ServiceProblem(
      'CONNECTION_FAILED',
      'A part of this page could not be loaded. Reload it.',
    );
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  });
  return started;
}
