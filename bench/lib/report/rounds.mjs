/**
 * Measures A B C, then C B A, and so on. A temporary disturbance of the machine then affects all peers, ratios compare measurements close
 * in time, and no peer always follows the same one.
 *
 * @template {{ name: string }} P
 * @template S
 * @param {P[]} peers
 * @param {number} rounds
 * @param {(peer: P, round: number) => Promise<S>} measure
 * @returns {Promise<Record<string, S>[]>} for each round, the samples by the peer's name.
 */
export async function interleave(peers, rounds, measure) {
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const samples = {};
    const inOrder = round % 2 === 0 ? peers : peers.toReversed();
    for (const peer of inOrder) samples[peer.name] = await measure(peer, round);
    results.push(samples);
  }
  return results;
}

/** @param {(number | null)[]} values @returns {number | null} null when one of them is unknown. */
export function median(values) {
  if (values.length === 0 || values.includes(null)) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Returns the figure's median over the rounds, and the median of the ratios within each round, where the machine was the same for both.
 *
 * @template R
 * @param {R[]} rounds
 * @param {(round: R) => number | null} figureOf
 * @param {(round: R) => number | null} [peerOf]
 */
export function compare(rounds, figureOf, peerOf) {
  const value = median(rounds.map(figureOf));
  if (peerOf === undefined) return { value, peerValue: null, ratio: null };
  const ratio = median(rounds.map((round) => computeRatio(figureOf(round), peerOf(round))));
  return { value, peerValue: median(rounds.map(peerOf)), ratio };
}

function computeRatio(value, peer) {
  return value === null || peer === null || peer <= 0 ? null : value / peer;
}
