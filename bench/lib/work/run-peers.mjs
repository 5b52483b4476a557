import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { startHelper } from '../servers/helper.mjs';
import { freePort, startService } from '../servers/service-process.mjs';
import { completionBody, executionBody } from './workload.mjs';

/** The peers' names, as shown in the tables. */
export const DIRECT = 'direct';
export const FLOOR = 'plain proxy';
export const ONE_COMMIT = 'proxy, one commit each';
export const TWO_COMMITS = 'proxy, the same bytes in two commits';
export const LEDGER = 'ledger';
export const JOURNAL_OFF = 'ledger, one commit each';
export const PORTKEY = 'Portkey';

/**
 * Starts all peers that answer a completion in the `:run` scenarios, the stand-in itself first. They call the stand-in as the service
 * does, for a whole answer or for a stream.
 *
 * @returns {Promise<import('./load.mjs').Peer[]>}
 */
export async function startRunPeers(
  scope,
  { options, tempDir, standIn, ledger, journalOff, peerDatabaseUrl, storedBytes, isStreamed, label },
) {
  const env = { BENCH_TARGET: standIn.facts.url };
  const withDatabase = { ...env, BENCH_DATABASE_URL: peerDatabaseUrl };
  const twice = {
    ...withDatabase,
    BENCH_BYTES_BEFORE: String(storedBytes.before),
    BENCH_BYTES_AFTER: String(storedBytes.after),
  };
  const floor = await startHelper(scope, 'proxy', env);
  const oneCommit = await startHelper(scope, 'proxy', withDatabase);
  const twoCommits = await startHelper(scope, 'proxy', twice);
  const completionPeer = (name, { pid, facts }) => ({
    name,
    pid,
    request: completionRequest(facts.url, isStreamed),
  });
  const peers = [
    completionPeer(DIRECT, standIn),
    completionPeer(FLOOR, floor),
    completionPeer(ONE_COMMIT, oneCommit),
    completionPeer(TWO_COMMITS, twoCommits),
    { name: LEDGER, pid: ledger.process.pid, request: executionRequest(ledger, ':run', label) },
    { name: JOURNAL_OFF, pid: journalOff.process.pid, request: executionRequest(journalOff, ':run', label) },
  ];
  if (options.portkey !== null)
    peers.push(await startPortkey(scope, { options, tempDir, standIn, isStreamed }));
  return peers;
}

/** @param {':run' | ':submit'} verb */
export function executionRequest(ledger, verb, label, further = {}) {
  return {
    url: `${ledger.url}/v1/executions${verb}`,
    method: 'POST',
    headers: ledger.headers,
    body: JSON.stringify({ ...executionBody(label), ...further }),
    expectedStatus: verb === ':run' ? 200 : 202,
  };
}

export function completionRequest(url, isStreamed, headers = {}) {
  return {
    url: `${url}/v1/chat/completions`,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-bench', ...headers },
    body: JSON.stringify(completionBody(isStreamed)),
    expectedStatus: 200,
  };
}

/** Starts a gateway that writes nothing, from a folder with an existing installation, because this project does not depend on it. */
async function startPortkey(scope, { options, tempDir, standIn, isStreamed }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = path.resolve(options.portkey, 'node_modules/@portkey-ai/gateway/build/start-server.js');
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
  return { name: PORTKEY, pid: service.pid, request: completionRequest(url, isStreamed, headers) };
}
