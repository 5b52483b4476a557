import { parseArgs } from 'node:util';

export const SCENARIOS = ['run', 'stream', 'submit', 'read', 'analytics', 'start'];

export const USAGE = `npm run bench -- [options]

  --quick             short rounds, to see that it works; not for publishing
  --only <names>      of ${SCENARIOS.join(',')}
  --rounds <n>        rounds of each measurement (default 3)
  --seconds <n>       length of one round (default 5)
  --executions <n>    that analytics counts (default 1000000)
  --portkey <folder>  also measure the Portkey gateway that is installed in this folder
  --markdown <file>   afterwards, put the table into the marked block of this file
  --only none         measure nothing: with --markdown, the table of the latest results
`;

const FULL = {
  rounds: 3,
  seconds: 5,
  warmUpSeconds: 3,
  jobs: 4_000,
  restSamples: 60,
  idleSeconds: 5,
  executions: 1_000_000,
};
const QUICK = {
  rounds: 3,
  seconds: 1,
  warmUpSeconds: 1,
  jobs: 400,
  restSamples: 10,
  idleSeconds: 1,
  executions: 50_000,
};

/** @throws {Error} with one sentence, for an option that makes no sense. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      executions: { type: 'string' },
      portkey: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const defaults = values.quick ? QUICK : FULL;
  return {
    ...defaults,
    quick: values.quick,
    help: values.help,
    only: readNames(values.only),
    rounds: readNumber('rounds', values.rounds, defaults.rounds),
    seconds: readNumber('seconds', values.seconds, defaults.seconds),
    executions: readNumber('executions', values.executions, defaults.executions),
    portkey: values.portkey ?? null,
    markdown: values.markdown ?? null,
  };
}

function readNames(text) {
  if (text === undefined) return SCENARIOS;
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
