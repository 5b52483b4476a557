import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inProject } from './project.mjs';

/** The order of the report; scenarios that are missing here come last. */
const ORDER = [
  'run',
  'run-features',
  'rollout',
  'first-second',
  'table',
  'stream',
  'submit',
  'queue',
  'lists',
  'read',
  'register',
  'analytics',
  'start',
];

/** These have no peers, and take minutes or a browser, so they run only when they are named. */
const ONLY_BY_NAME = ['soak', 'dashboard'];

/** Each file below `bench/scenarios` is a scenario, and exports the one function that measures it. */
const FILES = new Map(
  readdirSync(inProject('bench', 'scenarios'), { recursive: true })
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => [path.basename(file, '.mjs'), inProject('bench', 'scenarios', file)]),
);

export const SCENARIOS = [...FILES.keys()].sort(
  (a, b) => placeInOrder(a) - placeInOrder(b) || a.localeCompare(b),
);

/** @param {string} name one of {@link SCENARIOS}. */
export function findScenarioFile(name) {
  return FILES.get(name);
}

export const USAGE = `npm run bench -- [options]

  --quick             short rounds, to see that it works; not for publishing
  --smoke             one round of a moment each: does the benchmark itself work?
  --only <names>      of ${SCENARIOS.join(',')}
  --rounds <n>        rounds of each measurement (default 3)
  --seconds <n>       length of one round (default 5)
  --executions <n>    in the databases of table, lists and analytics (default 1000000)
  --soak-seconds <n>  how long the scenario soak lasts, which runs when it is named (default 300)
  --queued <n>        that wait in the queue of the scenario queue (default 50000)
  --portkey <folder>  also measure the Portkey gateway that is installed in this folder
  --guard <commit>    measure nothing but run, submit and read, of this folder beside that commit
  --profile <folder>  with --only run, stream or rollout: write CPU profiles of the service into this folder
  --out <file>        where the results go (default bench/results/latest.json)
  --markdown <file>   afterwards, put the table into the marked block of this file
  --only none         measure nothing: with --markdown, the table of the latest results, or of --out
`;

const FULL = {
  rounds: 3,
  seconds: 5,
  warmUpSeconds: 3,
  warmUpRequests: 2_000,
  jobs: 4_000,
  restSamples: 60,
  idleSeconds: 5,
  executions: 1_000_000,
  queued: 50_000,
  deadRows: 300_000,
  codePrompts: 1_000,
  listReads: 40,
  soakSeconds: 300,
};
const QUICK = {
  rounds: 3,
  seconds: 1,
  warmUpSeconds: 1,
  warmUpRequests: 1_000,
  jobs: 400,
  restSamples: 10,
  idleSeconds: 1,
  executions: 50_000,
  queued: 5_000,
  deadRows: 30_000,
  codePrompts: 1_000,
  listReads: 20,
  soakSeconds: 30,
};
const SMOKE = {
  rounds: 1,
  seconds: 0.1,
  warmUpSeconds: 0.1,
  warmUpRequests: 64,
  jobs: 20,
  restSamples: 1,
  idleSeconds: 0.1,
  executions: 500,
  queued: 100,
  deadRows: 200,
  codePrompts: 10,
  listReads: 1,
  soakSeconds: 3,
};

/** @throws {Error} with one sentence, for an invalid option. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      executions: { type: 'string' },
      queued: { type: 'string' },
      'soak-seconds': { type: 'string' },
      portkey: { type: 'string' },
      guard: { type: 'string' },
      profile: { type: 'string' },
      out: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const defaults = chooseDefaults(values);
  return {
    ...defaults,
    quick: values.quick || values.smoke,
    help: values.help,
    only: readNames(values.only),
    rounds: readNumber('rounds', values.rounds, defaults.rounds),
    seconds: readNumber('seconds', values.seconds, defaults.seconds),
    executions: readNumber('executions', values.executions, defaults.executions),
    queued: readNumber('queued', values.queued, defaults.queued),
    soakSeconds: readNumber('soak-seconds', values['soak-seconds'], defaults.soakSeconds),
    portkey: values.portkey ?? null,
    guard: values.guard ?? null,
    profile: values.profile ?? null,
    out: values.out ?? null,
    markdown: values.markdown ?? null,
  };
}

function chooseDefaults({ smoke, quick }) {
  if (smoke) return SMOKE;
  return quick ? QUICK : FULL;
}

function placeInOrder(name) {
  const place = ORDER.indexOf(name);
  return place === -1 ? ORDER.length : place;
}

function readNames(text) {
  if (text === undefined) return SCENARIOS.filter((name) => !ONLY_BY_NAME.includes(name));
  if (text === 'none') return [];
  const names = text.split(',');
  const unknown = names.find((name) => !SCENARIOS.includes(name));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: there is ${SCENARIOS.join(', ')}.`);
  return SCENARIOS.filter((name) => names.includes(name));
}

function readNumber(name, text, fallback) {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${name} ${text}: a whole number above 0 is wanted.`);
}
