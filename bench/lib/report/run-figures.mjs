import { compare } from './rounds.mjs';
import { atMost, ratioAtLeast, ratioAtMost, row } from './rows.mjs';
import { DIRECT, FLOOR, JOURNAL_OFF, LEDGER, ONE_COMMIT, PORTKEY, TWO_COMMITS } from '../work/run-peers.mjs';

const REQUESTS = { name: 'requests/s', unit: '/s', of: ({ perSecond }) => perSecond };
/** The time that the peer adds to the stand-in's own time in the same round. */
const ADDED_P50 = { name: 'added p50', unit: 'ms', of: ({ p50Ms }, direct) => p50Ms - direct.p50Ms };
const ADDED_P99 = { name: 'added p99', unit: 'ms', of: ({ p99Ms }, direct) => p99Ms - direct.p99Ms };
export const NODE_CPU = {
  name: 'CPU a request (Node)',
  unit: 'ms',
  of: ({ cpuMsPerRequest }) => cpuMsPerRequest,
};
export const POSTGRES_CPU = {
  name: 'CPU a request (PostgreSQL)',
  unit: 'ms',
  of: ({ postgresCpuMsPerRequest }) => postgresCpuMsPerRequest,
};
export const WHOLE_CPU = {
  name: 'CPU a request (Node + PostgreSQL)',
  unit: 'ms',
  of: ({ cpuMsPerRequest: node, postgresCpuMsPerRequest: postgres }) =>
    node === null || postgres === null ? null : node + postgres,
};

const DATABASE_PEERS = [ONE_COMMIT, TWO_COMMITS, JOURNAL_OFF];
export const CLOSED_FIGURES = [
  { figure: REQUESTS, peers: [FLOOR, DIRECT, ...DATABASE_PEERS, PORTKEY] },
  { figure: ADDED_P50, peers: [FLOOR, ...DATABASE_PEERS, PORTKEY] },
  { figure: ADDED_P99, peers: [FLOOR, ...DATABASE_PEERS, PORTKEY] },
  { figure: NODE_CPU, peers: [FLOOR, ...DATABASE_PEERS, PORTKEY] },
  // The floor and Portkey use no database, so their figure is what PostgreSQL does while it is idle.
  { figure: POSTGRES_CPU, peers: [FLOOR, ...DATABASE_PEERS] },
  { figure: WHOLE_CPU, peers: [FLOOR, TWO_COMMITS, PORTKEY] },
];
export const OPEN_FIGURES = [
  { figure: ADDED_P50, peers: [FLOOR, PORTKEY] },
  { figure: ADDED_P99, peers: [FLOOR, PORTKEY] },
];

/** @returns {import('./rows.mjs').Goal | undefined} */
function findGoal({ name }, peer, connections) {
  const goals = {
    [`${REQUESTS.name}, ${FLOOR}, 64`]: ratioAtLeast(0.4),
    [`${REQUESTS.name}, ${PORTKEY}, 64`]: ratioAtLeast(5),
    [`${ADDED_P50.name}, ${TWO_COMMITS}, 1`]: ratioAtMost(1.5),
    [`${ADDED_P50.name}, ${PORTKEY}, 16`]: ratioAtMost(0.8),
    [`${ADDED_P99.name}, ${PORTKEY}, 16`]: ratioAtMost(0.4),
    [`${WHOLE_CPU.name}, ${FLOOR}, 64`]: atMost(0.4, 'ms'),
  };
  return goals[`${name}, ${peer}, ${connections}`];
}

/**
 * @param {string} scenario
 * @param {Record<string, import('../work/load.mjs').Sample>[]} rounds
 * @param {typeof CLOSED_FIGURES} figures
 * @param {{ connections: number, perSecond?: number }} load
 */
export function runRows(scenario, rounds, figures, { connections, perSecond }) {
  const isOpen = perSecond !== undefined;
  return figures.flatMap(({ figure, peers }) =>
    peers
      .filter((peer) => rounds[0][peer] !== undefined)
      .map((peer) => {
        const goal = isOpen ? findOpenLoopGoal(figure, peer) : findGoal(figure, peer, connections);
        const of = (name) => (round) => figure.of(round[name], round[DIRECT]);
        const figures = compare(rounds, of(LEDGER), of(peer));
        return row({ scenario, figure: figure.name, unit: figure.unit, peer, goal }, figures);
      }),
  );
}

function findOpenLoopGoal(figure, peer) {
  return figure === ADDED_P99 && peer === PORTKEY ? ratioAtMost(0.5) : undefined;
}

/**
 * @param {number | null} idleMib memory of the service before its first request.
 * @param {Record<string, import('../work/load.mjs').Sample>[]} rounds the rounds with 64 connections.
 */
export function memoryRows(idleMib, rounds) {
  const of = (name) => (round) => round[name].rssMib;
  const what = { scenario: 'memory of the process (RSS)', unit: 'MiB' };
  const idle = { value: idleMib, peerValue: null, ratio: null };
  const peers = [FLOOR, PORTKEY].filter((peer) => rounds[0][peer] !== undefined);
  return [
    row({ ...what, figure: 'idle', goal: atMost(130, 'MiB') }, idle),
    ...peers.map((peer) => {
      const goal = peer === FLOOR ? atMost(160, 'MiB') : undefined;
      const figures = compare(rounds, of(LEDGER), of(peer));
      return row({ ...what, figure: ':run, 64 connections', peer, goal }, figures);
    }),
  ];
}
