import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Starts one of `bench/processes` as its own process, because in one event loop the load generator, the stand-in and the peers would
 * wait for each other.
 *
 * @param {import('../scope.mjs').Scope} scope
 * @param {string} name the name of the file, without its extension.
 * @param {Record<string, string>} [env] variables besides PATH.
 * @returns {Promise<{ pid: number, facts: any, ask: (method: string, params?: unknown) => Promise<any> }>} `facts` are those that the
 * process reported when it was ready.
 */
export async function startHelper(scope, name, env = {}) {
  const file = fileURLToPath(new URL(`../../processes/${name}.mjs`, import.meta.url));
  const child = fork(file, { env: { PATH: process.env.PATH, ...env } });
  const waiting = new Map();
  const exited = once(child, 'exit').then(() => {
    const error = new Error(`${name} has ended.`);
    for (const { reject } of waiting.values()) reject(error);
    throw error;
  });
  exited.catch(() => undefined);
  await scope.defer(() => end(child));

  const facts = await Promise.race([once(child, 'message').then(([message]) => message), exited]);
  child.on('message', ({ id, error, result }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(`${name}: ${error}`));
  });

  let lastId = 0;
  const ask = (method, params) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      child.send({ id, method, params }, (error) => error && reject(error));
    });
  return { pid: child.pid, facts, ask };
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  // Helpers end when their parent disconnects, and have nothing to clean up.
  child.disconnect();
  await exited;
}
