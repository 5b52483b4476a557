/**
 * Simulates rollouts in full: 2,000 of each scenario with a look after every unit, and prints how many were rolled back. It takes some
 * minutes, so `npm test` does only a small part of it. Run it with `node bench/rollouts/simulate.mjs [rollouts] [lookEvery]`.
 */
import { createJiti } from 'jiti';

const [rollouts = 2000, lookEvery = 1] = process.argv.slice(2).map(Number);
const folder = '../../src/modules/rollouts/simulation';
const jiti = createJiti(import.meta.url);
const { SAME_ARMS, WORSE_CANDIDATE, WORSE_NUMBERS } = await jiti.import(`${folder}/scenarios.testkit.ts`);
const { simulateRollouts } = await jiti.import(`${folder}/simulate-rollouts.testkit.ts`);

console.log(`${rollouts} rollouts each, a look after each ${lookEvery} of 5,000 units, alpha 5 %`);
for (const scenario of [...SAME_ARMS, WORSE_CANDIDATE, ...WORSE_NUMBERS]) {
  const began = performance.now();
  const { rolledBackAfter, covered } = simulateRollouts(scenario, { rollouts, lookEvery });
  const at = (share) => rolledBackAfter[Math.ceil(share * rollouts) - 1] ?? 'never';
  const figures = [
    `rolled back ${percent(rolledBackAfter.length)}`,
    `half by ${at(0.5)}, 95 % by ${at(0.95)} units`,
    ...(covered === null ? [] : [`bounds held ${percent(covered)}`]),
    `${((performance.now() - began) / 1000).toFixed(1)} s`,
  ];
  console.log(`${scenario.name}: ${figures.join('; ')}`);
}

function percent(count) {
  return `${((100 * count) / rollouts).toFixed(2)} %`;
}
