import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { startHelper } from './helper.mjs';
import { freePort, startService } from './service-process.mjs';
import { completionBody, executionBody } from './workload.mjs';

/** The peers' names, as they stand in the tables. */
export const DIRECT = 'direct';
export const FLOOR = 'plain proxy';
export const ONE_COMMIT = 'proxy, one commit each';
export const LEDGER = 'ledger';
export const JOURNAL_OFF = 'ledger, one commit each';
export const PORTKEY = 'Portkey';

/**
 * All that answer a completion in the `:run` scenarios, the stand-in itself first.
 *
 * @returns {Promise<import('./load.mjs').Peer[]>}
 */
export async function startRunPeers(
  scope,
  { options, tempDir, standIn, ledger, journalOff, peerDatabaseUrl, label },
) {
  const [floor, oneCommit] = await Promise.all([
    startHelper(scope, 'proxy', { BENCH_TARGET: standIn.facts.url }),
    startHelper(scope, 'proxy', { BENCH_TARGET: standIn.facts.url, BENCH_DATABASE_URL: peerDatabaseUrl }),
  ]);
  const peers = [
    { name: DIRECT, pid: standIn.pid, request: completionRequest(standIn.facts.url) },
    { name: FLOOR, pid: floor.pid, request: completionRequest(floor.facts.url) },
    { name: ONE_COMMIT, pid: oneCommit.pid, request: completionRequest(oneCommit.facts.url) },
    { name: LEDGER, pid: ledger.process.pid, request: executionRequest(ledger, ':run', label) },
    { name: JOURNAL_OFF, pid: journalOff.process.pid, request: executionRequest(journalOff, ':run', label) },
  ];
  if (options.portkey !== null) peers.push(await startPortkey(scope, { options, tempDir, standIn }));
  return peers;
}

/** @param {':run' | ':submit'} verb */
export function executionRequest(ledger, verb, label) {
  return {
    url: `${ledger.url}/v1/executions${verb}`,
    method: 'POST',
    headers: ledger.headers,
    body: JSON.stringify(executionBody(label)),
    expectedStatus: verb === ':run' ? 200 : 202,
  };
}

export function completionRequest(url, headers = {}) {
  return {
    url: `${url}/v1/chat/completions`,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-bench', ...headers },
    body: JSON.stringify(completionBody()),
    expectedStatus: 200,
  };
}

/** A gateway that writes nothing, from a folder where somebody has installed it: it is no dependency of ours. */
async function startPortkey(scope, { options, tempDir, standIn }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = path.join(options.portkey, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  const service = await startService(scope, {
    name: 'portkey',
    program: process.execPath,
    args: [program, `--port=${port}`, '--headless'],
    env: { NODE_ENV: 'production' },
    cwd: await mkdtemp(path.join(tempDir, 'portkey-')),
    isReady: () =>
      fetch(url).then(
        (response) => response.ok,
        () => false,
      ),
  });
  const headers = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${standIn.facts.url}/v1` };
  return { name: PORTKEY, pid: service.pid, request: completionRequest(url, headers) };
}
