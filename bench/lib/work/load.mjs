import { startHelper } from '../servers/helper.mjs';
import { cpuMsOfTree, readRssMib } from '../report/machine.mjs';

/**
 * @typedef {object} Job one measurement: a closed loop that ends by `seconds` or by `requests`, or with `perSecond`
 *   an open one.
 * @property {string} url
 * @property {string} method
 * @property {Record<string, string>} headers
 * @property {string} [body]
 * @property {number} expectedStatus
 * @property {number} connections
 * @property {number} [seconds]
 * @property {number} [requests]
 * @property {number} [perSecond]
 * @property {string} [mark] the time counts until this is seen in the answer; left out: until it is whole.
 * @property {boolean} [openFirst] default true: one request on each connection before the clock starts.
 * @property {string} [uniqueHeader] a header that gets another value with each request.
 * @property {{ placeholder: string, upTo: number }} [countedInBody] a text of the body that becomes 1, 2, 3 … and 1 again after `upTo`.
 *
 * @typedef {object} Sample
 * @property {number} requests that were measured.
 * @property {number} answered with those that opened the connections.
 * @property {number} answeredInTime without those that were still being answered when `seconds` were over.
 * @property {number} perSecond
 * @property {number} p50Ms
 * @property {number} p95Ms
 * @property {number} p99Ms
 * @property {number} elapsedMs
 * @property {number} startedAtEpochMs
 * @property {number | null} [cpuMsPerRequest] of the server's process and those below it; null where it cannot be read.
 * @property {number | null} [postgresCpuMsPerRequest] of all processes of PostgreSQL, whoever they worked for meanwhile.
 * @property {number | null} [rssMib] of the server's process, after the load.
 *
 * @typedef {object} Peer something that answers requests and is measured beside others.
 * @property {string} name
 * @property {number} pid
 * @property {Pick<Job, 'url' | 'method' | 'headers' | 'body' | 'expectedStatus' | 'mark' | 'uniqueHeader' | 'countedInBody'>} request
 */

/**
 * @param {import('../scope.mjs').Scope} scope
 * @param {import('../servers/postgres.mjs').Postgres} postgres
 */
export async function startLoadGenerator(scope, postgres) {
  const helper = await startHelper(scope, 'load-generator');

  /**
   * @param {Peer} peer
   * @param {Pick<Job, 'connections' | 'seconds' | 'requests' | 'perSecond' | 'openFirst'>} load
   * @returns {Promise<Sample>}
   * @throws {Error} at the first answer with another status than the expected one.
   */
  async function measure(peer, load) {
    const before = await readCpu(peer);
    const sample = await helper.ask('measure', { ...peer.request, ...load });
    const after = await readCpu(peer);
    const perRequest = (name) =>
      before[name] === null ? null : (after[name] - before[name]) / sample.answered;
    return {
      ...sample,
      cpuMsPerRequest: perRequest('nodeMs'),
      postgresCpuMsPerRequest: perRequest('postgresMs'),
      rssMib: await readRssMib(peer.pid),
    };
  }

  async function readCpu({ pid }) {
    return { nodeMs: await cpuMsOfTree(pid), postgresMs: await postgres.cpuMs() };
  }
  return { measure };
}
