import { drawLogNormal } from './random.testkit.js';
import type { Scenario } from './simulate-rollouts.testkit.js';

const UNITS = 5000;
const EVEN = { steps: [50], minUnits: 1, units: UNITS } as const;
const RAMP = { steps: [1, 5, 10, 25, 50], minUnits: 1, holdUnits: UNITS / 5, units: UNITS } as const;

const chance = (share: number) => (random: () => number) => (random() < share ? 1 : 0);
const drift = (random: () => number, _arm: 0 | 1, time: number) => (random() < 0.9 - 0.2 * time ? 1 : 0);

/** Both arms are the same, so every roll-back is false. Looks start with the first unit of each arm, which is the hardest case. */
export const SAME_ARMS: readonly Scenario[] = [
  { name: 'yes/no, 80 %', kind: 'yes_no', direction: 'up', ...EVEN, draw: chance(0.8), truth: [0.8, 0.8] },
  {
    name: 'yes/no, 2 %',
    kind: 'yes_no',
    direction: 'down',
    ...EVEN,
    draw: chance(0.02),
    truth: [0.02, 0.02],
  },
  {
    name: 'yes/no, 2 %, a share of 1 %',
    kind: 'yes_no',
    direction: 'down',
    ...EVEN,
    steps: [1],
    draw: chance(0.02),
  },
  {
    name: 'yes/no, 98 %, a share of 1 %',
    kind: 'yes_no',
    direction: 'up',
    ...EVEN,
    steps: [1],
    draw: chance(0.98),
  },
  { name: 'yes/no, five steps', kind: 'yes_no', direction: 'up', ...RAMP, draw: chance(0.8) },
  {
    name: 'yes/no, five steps, drift from 90 to 70 %',
    kind: 'yes_no',
    direction: 'up',
    ...RAMP,
    draw: drift,
  },
  {
    name: 'yes/no, five short steps, drift',
    kind: 'yes_no',
    direction: 'up',
    ...RAMP,
    minUnits: 5,
    holdUnits: 0,
    draw: drift,
  },
  {
    name: 'cost, log-normal, 100 units before the first look',
    kind: 'number',
    direction: 'down',
    ...EVEN,
    minUnits: 100,
    draw: (random) => drawLogNormal(random, 0.002, 0.8),
  },
  {
    name: 'cost, five steps, 100 units before the first look',
    kind: 'number',
    direction: 'down',
    steps: [10, 20, 30, 40, 50],
    minUnits: 100,
    units: UNITS,
    draw: (random) => drawLogNormal(random, 0.002, 0.8),
  },
  {
    name: 'p95 of latency, log-normal',
    kind: 'quantile',
    direction: 'down',
    quantile: 0.95,
    ...EVEN,
    draw: (random) => drawLogNormal(random, 900, 0.6),
  },
  {
    name: 'p50 of latency in steps of 100 ms',
    kind: 'quantile',
    direction: 'down',
    quantile: 0.5,
    ...EVEN,
    draw: (random) => Math.ceil(drawLogNormal(random, 900, 0.6) / 100) * 100,
  },
];

/** The candidate passes 70 % where the control passes 80 %. */
export const WORSE_CANDIDATE: Scenario = {
  name: 'yes/no, 80 % → 70 %',
  kind: 'yes_no',
  direction: 'up',
  ...EVEN,
  minUnits: 100,
  draw: (random, arm) => (random() < (arm === 0 ? 0.8 : 0.7) ? 1 : 0),
  truth: [0.8, 0.7],
};

/** 30 % slower, and a fifth more expensive. */
export const WORSE_NUMBERS: readonly Scenario[] = [
  {
    name: 'p50 of latency, 30 % slower',
    kind: 'quantile',
    direction: 'down',
    quantile: 0.5,
    ...EVEN,
    draw: (random, arm) => drawLogNormal(random, arm === 0 ? 900 : 1170, 0.6),
  },
  {
    name: 'cost, 20 % dearer',
    kind: 'number',
    direction: 'down',
    ...EVEN,
    minUnits: 100,
    draw: (random, arm) => drawLogNormal(random, arm === 0 ? 0.002 : 0.0024, 0.8),
  },
];
