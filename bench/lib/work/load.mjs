import { startHelper } from '../servers/helper.mjs';
import { cpuMsOfTree, readRssMib } from '../report/machine.mjs';

/**
 * @typedef {object} Job one measurement: a closed loop that ends by `seconds` or by `requests` or, with `perSecond`, an open loop.
 * @property {string} url
 * @property {string} method
 * @property {Record<string, string>} headers
 * @property {string} [body]
 * @property {number} expectedStatus
 * @property {number} connections
 * @property {number} [seconds]
 * @property {number} [requests]
 * @property {number} [perSecond]
 * @property {string} [mark] the measured time ends when this appears in the answer; without it, when the answer is whole.
 * @property {boolean} [openFirst] default true: one request on each connection before the clock starts.
 * @property {string} [uniqueHeader] a header that gets a new value for each request.
 *
 * @typedef {object} Sample
 * @property {number} requests the measured requests.
 * @property {number} answered answered requests, including those that opened the connections.
 * @property {number} answeredInTime answered requests without those still open when `seconds` were over.
 * @property {number} perSecond
 * @property {number} p50Ms
 * @property {number} p95Ms
 * @property {number} p99Ms
 * @property {number} elapsedMs
 * @property {number} startedAtEpochMs
 * @property {number | null} [cpuMsPerRequest] processor time of the server's process and its descendants; null where it cannot be read.
 * @property {number | null} [postgresCpuMsPerRequest] processor time of all PostgreSQL processes, whoever they work for.
 * @property {number | null} [rssMib] memory of the server's process, after the load.
 *
 * @typedef {object} Peer something that answers requests and is measured next to others.
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
