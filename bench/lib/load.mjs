import { startHelper } from './helper.mjs';
import { cpuMsOf, rssMibOf } from './machine.mjs';

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
 *
 * @typedef {object} Sample
 * @property {number} requests that were measured.
 * @property {number} answered with those that opened the connections.
 * @property {number} perSecond
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {number} elapsedMs
 * @property {number} startedAtEpochMs
 * @property {number | null} [cpuMsPerRequest] of the server's process; null where it cannot be read.
 * @property {number | null} [rssMib] of the server's process, after the load.
 *
 * @typedef {object} Peer something that answers requests and is measured beside others.
 * @property {string} name
 * @property {number} pid
 * @property {Pick<Job, 'url' | 'method' | 'headers' | 'body' | 'expectedStatus' | 'mark'>} request
 */

/** @param {import('./scope.mjs').Scope} scope */
export async function startLoadGenerator(scope) {
  const helper = await startHelper(scope, 'load-generator');

  /**
   * @param {Peer} peer
   * @param {Pick<Job, 'connections' | 'seconds' | 'requests' | 'perSecond' | 'openFirst'>} load
   * @returns {Promise<Sample>}
   * @throws {Error} at the first answer with another status than the expected one.
   */
  async function measure(peer, load) {
    const cpuBeforeMs = await cpuMsOf(peer.pid);
    const sample = await helper.ask('measure', { ...peer.request, ...load });
    const cpuAfterMs = await cpuMsOf(peer.pid);
    return {
      ...sample,
      cpuMsPerRequest: cpuBeforeMs === null ? null : (cpuAfterMs - cpuBeforeMs) / sample.answered,
      rssMib: await rssMibOf(peer.pid),
    };
  }
  return { measure };
}
