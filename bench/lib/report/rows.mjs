/**
 * @typedef {object} Row one line of the results.
 * @property {string} scenario
 * @property {string} figure
 * @property {string} unit
 * @property {number | null} value the ledger's value; null when it is unknown here.
 * @property {string | null} peer
 * @property {number | null} peerValue
 * @property {number | null} ratio the median of the rounds' ratios; not `value / peerValue`.
 * @property {string | null} goal
 * @property {boolean | null} met null without a goal, or without a value to judge.
 *
 * @typedef {{ text: string, judge: (figures: { value: number | null, ratio: number | null }) => boolean | null }} Goal
 */

/** @returns {Goal} */
export const ratioAtLeast = (limit) => ({
  text: `≥ ${limit}×`,
  judge: ({ ratio }) => (ratio === null ? null : ratio >= limit),
});

/** @returns {Goal} */
export const ratioAtMost = (limit) => ({
  text: `≤ ${limit}×`,
  judge: ({ ratio }) => (ratio === null ? null : ratio <= limit),
});

/** @returns {Goal} */
export const atMost = (limit, unit) => ({
  text: `≤ ${limit} ${unit}`,
  judge: ({ value }) => (value === null ? null : value <= limit),
});

/**
 * @param {{ scenario: string, figure: string, unit: string, peer?: string, goal?: Goal }} what
 * @param {{ value: number | null, peerValue: number | null, ratio: number | null }} figures
 * @returns {Row}
 */
export function row({ scenario, figure, unit, peer, goal }, figures) {
  return {
    scenario,
    figure,
    unit,
    ...figures,
    peer: peer ?? null,
    goal: goal?.text ?? null,
    met: goal?.judge(figures) ?? null,
  };
}
