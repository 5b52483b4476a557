import { startLedger } from '../../lib/servers/ledger.mjs';
import { median } from '../../lib/report/rounds.mjs';
import { atMost, row } from '../../lib/report/rows.mjs';
import { logStatements } from '../../lib/profile/statement-log.mjs';

/** The tables in the statements of a registration. Concurrent statements, such as a sweep, name none of them. */
const OF_REGISTRY = /\bprompts\b|\bprompt_versions\b|\bprompt_pointers\b/;

/** Measures `:register-code` with a thousand prompts: all new, all changed and, as in most deployments, none changed. */
export async function measureRegister(bench) {
  return bench.scope.within(async (scope) => {
    const { postgres, options, progress } = bench;
    const { codePrompts: count } = options;
    const database = await postgres.createDatabase(scope, 'register');
    const log = await logStatements(postgres, database);
    const env = { DATABASE_URL: database.url, WORKER: 'off' };
    const ledger = await startLedger(scope, { tempDir: bench.tempDir, env });
    const scenario = `register ${count.toLocaleString('en-US')} code prompts`;
    progress(scenario);
    await register(ledger, count, 0);
    const rounds = [];
    for (let round = 1; round <= options.rounds; round++) {
      const changed = await measure(log, () => register(ledger, count, round));
      const unchanged = await measure(log, () => register(ledger, count, round));
      rounds.push({ changed, unchanged });
    }
    const notes =
      log === null ? ['What registering costs in the database is unknown: its log cannot be read.'] : [];
    return { results: [{ scenario, rounds, rows: toRows(scenario, rounds) }], notes };
  });
}

function register(ledger, count, revision) {
  const prompts = Array.from({ length: count }, (_, i) => ({
    name: `bench/code-${i}`,
    template_source: `Answer {{question}} for ${i}. Revision ${revision}.`,
  }));
  return ledger.call('POST', '/v1/prompts/register-code', { prompts });
}

async function measure(log, work) {
  await log?.mark();
  const startedAtMs = performance.now();
  await work();
  const elapsedMs = performance.now() - startedAtMs;
  const statements = (await log?.read()) ?? null;
  const inDatabase = statements?.filter(({ text }) => OF_REGISTRY.test(text)) ?? null;
  const databaseMs = inDatabase?.reduce((sum, { durationMs }) => sum + durationMs, 0) ?? null;
  return { elapsedMs, databaseMs, statements: inDatabase?.length ?? null };
}

function toRows(scenario, rounds) {
  const figures = [
    {
      figure: 'all changed, in the database',
      of: ({ changed }) => changed.databaseMs,
      goal: atMost(50, 'ms'),
    },
    { figure: 'all changed, whole request', of: ({ changed }) => changed.elapsedMs },
    {
      figure: 'none changed, in the database',
      of: ({ unchanged }) => unchanged.databaseMs,
      goal: atMost(10, 'ms'),
    },
    { figure: 'none changed, whole request', of: ({ unchanged }) => unchanged.elapsedMs },
  ];
  return figures.map(({ of, ...what }) => {
    const value = median(rounds.map(of));
    return row({ scenario, unit: 'ms', ...what }, { value, peerValue: null, ratio: null });
  });
}
