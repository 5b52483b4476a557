import pg from 'pg';
import { createProfiler } from '../../lib/profile/profiler.mjs';
import { startHelper } from '../../lib/servers/helper.mjs';
import { compare, interleave } from '../../lib/report/rounds.mjs';
import { ratioAtMost, row } from '../../lib/report/rows.mjs';
import { NODE_CPU, POSTGRES_CPU, WHOLE_CPU } from '../../lib/report/run-figures.mjs';
import { prepareTables } from '../../lib/work/fill-executions.mjs';
import { executionRequest } from '../../lib/work/run-peers.mjs';
import { startSubject } from '../../lib/servers/subject.mjs';
import { PROMPT_NAME } from '../../lib/work/workload.mjs';

const CONNECTIONS = 64;
const PLAIN = 'the same without';
const LABEL = 'bench-rollout';
const ENVIRONMENT = 'default';
/** The placeholder for a person's number in a body. */
const PERSON = '@person@';
/** @type {{ name: string, profile: string, scenario: string, people: number }[]} */
const SPLITS = [
  {
    name: 'with a rollout',
    profile: 'rollout-with',
    scenario: `:run of a prompt with a rollout, ${CONNECTIONS} connections, 5,000 people in turn`,
    people: 5_000,
  },
  {
    name: 'with a rollout, new people',
    profile: 'rollout-new',
    scenario: `:run of a prompt with a rollout, ${CONNECTIONS} connections, a new person each time`,
    people: Number.MAX_SAFE_INTEGER,
  },
];
const FIGURES = [
  { name: 'requests/s', unit: '/s', of: ({ perSecond }) => perSecond },
  { ...NODE_CPU, goal: ratioAtMost(1.03) },
  POSTGRES_CPU,
  WHOLE_CPU,
];

/**
 * Measures what a rollout of its prompt costs a request: the keyed hash of its unit, and its arm in the record. The processes also
 * ingest ended executions and take a look about once a second, which counts here too. Autovacuum is off, because it would work through the
 * rows of all subjects during the turn of one.
 */
export async function measureRollout(bench) {
  return bench.scope.within(async (scope) => {
    const { load, options, progress } = bench;
    const profiler = await createProfiler(options.profile);
    const standIn = await startHelper(scope, 'stand-in');
    const subjects = [];
    for (const name of ['rollout_plain', 'rollout_split']) {
      const subject = await startSubject(scope, bench, standIn, name, {}, profiler);
      await stopAutovacuum(subject.database.url);
      subjects.push(subject);
    }
    const [plain, split] = subjects.map(({ ledger }) => ledger);
    await startRollout(split);
    const toPeer = (name, profile, ledger, further, people) => ({
      name,
      profile,
      pid: ledger.process.pid,
      request: {
        ...executionRequest(ledger, ':run', LABEL, { environment: ENVIRONMENT, ...further }),
        ...(people !== undefined && { countedInBody: { placeholder: PERSON, upTo: people } }),
      },
    });
    const peers = [
      toPeer(PLAIN, 'rollout-without', plain, {}),
      ...SPLITS.map(({ name, profile, people }) =>
        toPeer(name, profile, split, { unit_key: `person-${PERSON}` }, people),
      ),
    ];
    const measure = (peer, seconds) => load.measure(peer, { connections: CONNECTIONS, seconds });
    progress('a prompt with a rollout, warm-up');
    for (const peer of peers) await measure(peer, options.warmUpSeconds);
    progress('a prompt with a rollout');
    const rounds = await interleave(peers, options.rounds, (peer, round) =>
      profiler.during(peer.pid, `${peer.profile}-${round + 1}`, () => measure(peer, options.seconds)),
    );
    const results = SPLITS.map(({ name: subject, scenario }) => {
      const rows = FIGURES.map(({ name, unit, of, goal }) => {
        const ofPeer = (peer) => (round) => of(round[peer]);
        const what = { scenario, figure: name, unit, peer: PLAIN, goal };
        return row(what, compare(rounds, ofPeer(subject), ofPeer(PLAIN)));
      });
      return { scenario, rounds, rows };
    });
    return { results, notes: [] };
  });
}

/** Keeps PostgreSQL from vacuuming and analysing what is written. */
async function stopAutovacuum(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await prepareTables(client, 1);
    await client.query('ALTER TABLE rollout_events SET (autovacuum_enabled = false)');
  } finally {
    await client.end();
  }
}

/** Starts a rollout between two versions of one text that needs more units than it gets, so that nothing is decided. */
async function startRollout(ledger) {
  await ledger.call('PUT', `/v1/prompts/${encodeURIComponent(PROMPT_NAME)}`, {
    template_source: 'Summarize the following text in one sentence.\n\n{{text}}\n',
    set_active: false,
  });
  const { rollout_id: id } = await ledger.call('POST', '/v1/rollouts', {
    name: LABEL,
    prompt_name: PROMPT_NAME,
    environment: ENVIRONMENT,
    candidate: { version_number: 2 },
    steps: [{ percent: 50 }],
    min_units: 1_000_000,
    primary: { metric: 'error_rate', max_regression: 0.1 },
    guardrails: [{ metric: 'error_rate' }],
  });
  await ledger.call('POST', `/v1/rollouts/${id}:start`, {});
}
