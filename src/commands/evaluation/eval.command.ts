import type { ExperimentDetail, LedgerClient } from '../../../sdk/src/index.js';
import { CliError, EXIT, type ExitCode } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { note, oneLine, print, printJson, printTable } from '../terminal/output.js';
import { untilTold } from '../terminal/until-told.js';
import { combineGates, decideGate, figure, type GateDecision, type GateRule } from './decide-gate.js';
import { type EvalFile, type EvalGate, readEvalFile } from './eval-file.js';
import { ExperimentTable, SUMMARY_HEAD, summaryRows } from './experiment-table.js';
import { gateJunit, gateMarkdown } from './gate-reports.js';
import { assertWritable, type ReportFiles, writeReport } from './report-files.js';

type ReportFlags = LedgerFlags & ReportFiles;

/**
 * Runs the experiment of a file and waits for it. 0 and 1 are the gate's verdict; without a gate 0 means that the experiment completed.
 * Anything that prevents a verdict, including a refusal by the ledger, is 2, because a red gate means that the candidate is worse.
 */
export async function evalRunCommand(file: string, flags: ReportFlags): Promise<ExitCode> {
  return untilTold(async () => {
    const parsed = await readEvalFile(file);
    await assertWritable(flags);
    const ledger = await connect(flags);
    const { experiment_id: id } = await start(ledger, parsed);
    const table = new ExperimentTable();
    const experiment = await ledger.experiments.wait(id, { onProgress: (now) => table.show(now) });
    table.clear();
    return parsed.gate === null
      ? tellExperiment(ledger, experiment, flags)
      : tellGate(ledger, experiment, parsed.gate, flags);
  });
}

export interface EvalGateFlags extends LedgerFlags, ReportFiles {
  readonly baseline: string;
  readonly candidate: string;
  readonly scorer: readonly string[];
  readonly maxDrop: number;
  readonly maxErrors: number;
  readonly baselineExperiment?: string;
  readonly allowVersions?: boolean;
}

/** Judges an existing experiment. */
export async function evalGateCommand(experimentId: string, flags: EvalGateFlags): Promise<ExitCode> {
  return untilTold(async () => {
    await assertWritable(flags);
    const ledger = await connect(flags);
    const experiment = await ledger.experiments.get(experimentId);
    const { baseline, candidate, scorer: scorers, maxDrop, maxErrors } = flags;
    const rules = scorers.map((scorer) => ({ scorer, maxDrop, maxErrors }));
    return tellGate(ledger, experiment, { baseline, candidate, rules }, flags);
  });
}

async function start(ledger: LedgerClient, { request, definitions }: EvalFile) {
  for (const { name, definition } of definitions) await ledger.scorers.put(name, definition as never);
  const created = await ledger.experiments.create(request);
  const cost = created.expected_cost_usd === null ? 'cost unknown' : `at most $${created.expected_cost_usd}`;
  note(
    oneLine(
      `${created.experiment_id}: ${created.cells} cells on ${created.dataset.item_count} items, ${cost}`,
    ),
  );
  return created;
}

async function tellExperiment(
  ledger: LedgerClient,
  experiment: ExperimentDetail,
  flags: ReportFlags,
): Promise<ExitCode> {
  const { experiment_id: id, status, error } = experiment;
  if (flags.json === true) await printJson(experiment);
  else await printTable(SUMMARY_HEAD, summaryRows(experiment.summary));
  await writeReport(flags.junit, () => ledger.experiments.report(id, 'junit'));
  await writeReport(flags.markdown, () => ledger.experiments.report(id, 'markdown'));
  if (status === 'completed') return EXIT.OK;
  note(oneLine(`The experiment is ${status}${error === null ? '' : `: ${error.message}`}`));
  return EXIT.CANNOT_TELL;
}

async function tellGate(
  ledger: LedgerClient,
  experiment: ExperimentDetail,
  gate: EvalGate,
  flags: ReportFlags & Pick<EvalGateFlags, 'baselineExperiment' | 'allowVersions'>,
): Promise<ExitCode> {
  const { experiment_id: id, name } = experiment;
  if (gate.baseline === gate.candidate && flags.baselineExperiment === undefined) {
    throw new CliError('Baseline and candidate must be two: nothing is worse than itself.');
  }
  const decisions: GateDecision[] = [];
  for (const rule of gate.rules) decisions.push(await decide(ledger, experiment, gate, rule, flags));
  const exitCode = combineGates(decisions);
  const title = `${name}: ${gate.candidate} against ${gate.baseline}`;
  if (flags.json === true) {
    await printJson({ experiment_id: id, exit_code: exitCode, gates: decisions.map(gateView) });
  } else {
    await printDecisions(decisions);
  }
  await writeReport(flags.junit, () => gateJunit(title, decisions));
  await writeReport(flags.markdown, async () => {
    const report = await ledger.experiments.report(id, 'markdown');
    return gateMarkdown(decisions) + report;
  });
  return exitCode;
}

async function printDecisions(decisions: readonly GateDecision[]): Promise<void> {
  await printTable(
    [
      'scorer',
      'gate',
      'verdict',
      'items',
      'difference',
      '95 % interval',
      'p',
      'wins',
      'losses',
      'missing',
      'errors',
    ],
    decisions.map(toRow),
  );
  for (const { scorer, reason } of decisions) await print(oneLine(`${scorer}: ${reason}`));
}

async function decide(
  ledger: LedgerClient,
  { experiment_id: id, status }: ExperimentDetail,
  { baseline, candidate }: EvalGate,
  rule: GateRule,
  flags: Pick<EvalGateFlags, 'baselineExperiment' | 'allowVersions'>,
): Promise<GateDecision> {
  const comparison = await ledger.experiments.compare(id, {
    baseline,
    candidate,
    scorer: rule.scorer,
    baseline_experiment: flags.baselineExperiment,
    allow_versions: flags.allowVersions,
  });
  return decideGate(status, comparison, rule);
}

const WORDS = { [EXIT.OK]: 'pass', [EXIT.NO]: 'FAIL', [EXIT.CANNOT_TELL]: 'cannot tell' } as const;

function toRow({ scorer, exitCode, comparison }: GateDecision): (string | number | null)[] {
  if (comparison === null) return [scorer, WORDS[exitCode], ...Array<null>(9).fill(null)];
  const { verdict, n, delta, interval, p_value: p, wins, losses, missing, errors } = comparison;
  return [
    scorer,
    WORDS[exitCode],
    verdict,
    n,
    delta === null ? null : figure(delta),
    interval === null ? null : interval.map(figure).join(' to '),
    p < 0.0001 ? '< 0.0001' : p.toFixed(4),
    wins,
    losses,
    missing,
    errors,
  ];
}

function gateView({ scorer, exitCode, reason, comparison }: GateDecision): object {
  return { scorer, exit_code: exitCode, reason, comparison };
}
