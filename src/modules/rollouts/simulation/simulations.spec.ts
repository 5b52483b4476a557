import { SAME_ARMS, WORSE_CANDIDATE, WORSE_NUMBERS } from './scenarios.testkit.js';
import { ALPHA, simulateRollouts } from './simulate-rollouts.testkit.js';

/** `node bench/rollouts/simulate.mjs` does the same with 2,000 rollouts and a look after each unit. */
const SMALL = { rollouts: 60, lookEvery: 10 };

describe('simulated rollouts', () => {
  it.each(SAME_ARMS)('roll back at most alpha of those whose arms are the same: $name', (scenario) => {
    const { rolledBackAfter, rollouts, covered } = simulateRollouts(scenario, SMALL);
    expect(rolledBackAfter.length).toBeLessThanOrEqual(ALPHA * rollouts);
    if (covered !== null) expect(covered).toBeGreaterThanOrEqual((1 - ALPHA) * rollouts);
  });

  it('roll back a candidate that passes 70 % instead of 80 %, and bound both all the time', () => {
    const { rolledBackAfter, rollouts, covered } = simulateRollouts(WORSE_CANDIDATE, SMALL);
    expect(rolledBackAfter.length).toBeGreaterThanOrEqual(0.95 * rollouts);
    const median = rolledBackAfter[Math.floor(rolledBackAfter.length / 2)]!;
    expect(median).toBeGreaterThan(1300);
    expect(median).toBeLessThan(1700);
    expect(covered).toBeGreaterThanOrEqual((1 - ALPHA) * rollouts);
  });

  it.each(WORSE_NUMBERS)('roll back a candidate that is worse by numbers: $name', (scenario) => {
    const { rolledBackAfter, rollouts } = simulateRollouts(scenario, SMALL);
    expect(rolledBackAfter.length).toBeGreaterThanOrEqual(0.95 * rollouts);
  });

  it.each([...SAME_ARMS, WORSE_CANDIDATE, ...WORSE_NUMBERS])('decide as a look does: $name', (scenario) => {
    const checked = { rollouts: 2, lookEvery: 97, isChecked: true, seed: 3 };
    expect(() => simulateRollouts(scenario, checked)).not.toThrow();
  });
});
