import { createProfiler } from '../../lib/profile/profiler.mjs';
import { startHelper } from '../../lib/servers/helper.mjs';
import { compare, interleave } from '../../lib/report/rounds.mjs';
import { ratioAtMost, row } from '../../lib/report/rows.mjs';
import { NODE_CPU, POSTGRES_CPU, WHOLE_CPU } from '../../lib/report/run-figures.mjs';
import { executionRequest } from '../../lib/work/run-peers.mjs';
import { startSubject } from '../../lib/servers/subject.mjs';
import { PROMPT_NAME } from '../../lib/work/workload.mjs';

const CONNECTIONS = 64;
const PLAIN = 'the same without';
const SPLIT = 'with a rollout';
const SCENARIO = `:run of a prompt with a rollout, ${CONNECTIONS} connections`;
const LABEL = 'bench-rollout';
const ENVIRONMENT = 'default';
const FIGURES = [
  { name: 'requests/s', unit: '/s', of: ({ perSecond }) => perSecond },
  { ...NODE_CPU, goal: ratioAtMost(1.03) },
  POSTGRES_CPU,
  WHOLE_CPU,
];

/**
 * The price that a request pays for a rollout of its prompt: the keyed hash of its unit and its arm in the record. Beside the requests the
 * processes take in what has ended and look at it about once a second, which counts here, too.
 */
export async function measureRollout(bench) {
  return bench.scope.within(async (scope) => {
    const { load, options, progress } = bench;
    const profiler = await createProfiler(options.profile);
    const standIn = await startHelper(scope, 'stand-in');
    const { ledger: plain } = await startSubject(scope, bench, standIn, 'rollout_plain', {}, profiler);
    const { ledger: split } = await startSubject(scope, bench, standIn, 'rollout_split', {}, profiler);
    await startRollout(split);
    const toPeer = (name, profile, ledger, further) => ({
      name,
      profile,
      pid: ledger.process.pid,
      request: executionRequest(ledger, ':run', LABEL, { environment: ENVIRONMENT, ...further }),
    });
    const peers = [
      toPeer(PLAIN, 'rollout-without', plain, {}),
      toPeer(SPLIT, 'rollout-with', split, { unit_key: 'somebody' }),
    ];
    const measure = (peer, seconds) => load.measure(peer, { connections: CONNECTIONS, seconds });
    progress(`${SCENARIO}, warm-up`);
    for (const peer of peers) await measure(peer, options.warmUpSeconds);
    progress(SCENARIO);
    const rounds = await interleave(peers, options.rounds, (peer, round) =>
      profiler.during(peer.pid, `${peer.profile}-${round + 1}`, () => measure(peer, options.seconds)),
    );
    const rows = FIGURES.map(({ name, unit, of, goal }) => {
      const ofPeer = (peer) => (round) => of(round[peer]);
      const what = { scenario: SCENARIO, figure: name, unit, peer: PLAIN, goal };
      return row(what, compare(rounds, ofPeer(SPLIT), ofPeer(PLAIN)));
    });
    return { results: [{ scenario: SCENARIO, rounds, rows }], notes: [] };
  });
}

/** Starts a rollout between two versions of one text that wants so many units that nothing is decided. */
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
