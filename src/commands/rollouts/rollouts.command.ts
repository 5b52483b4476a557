import {
  ApiError,
  type LedgerClient,
  type Rollout,
  type RolloutComparison,
  type RolloutDetail,
  type RolloutEstimate,
  type RolloutStatus,
} from '../../../sdk/src/index.js';
import { UUID } from '../../kernel/index.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { readInput } from '../terminal/input.js';
import {
  coloursFor,
  note,
  oneLine,
  print,
  printJson,
  printTable,
  toTable,
  warn,
} from '../terminal/output.js';
import { drawSequence, fitChart, percent } from './draw-sequence.js';
import { parseRolloutFile } from './rollout-file.js';

const LOOKS_DRAWN = 200;

export interface ActOnRolloutFlags extends LedgerFlags {
  readonly reason?: string;
}

export interface StartRolloutFlags extends ActOnRolloutFlags {
  /** Makes the rollout without starting it. */
  readonly draft?: boolean;
}

/**
 * Makes the rollout of a file and starts it, or starts a draft. In a protected environment it asks for a change. It prints only
 * the id.
 */
export async function startRolloutCommand(which: string, flags: StartRolloutFlags): Promise<void> {
  const ledger = await connect(flags);
  const isDraft = UUID.test(which);
  const rollout = isDraft
    ? await ledger.rollouts.get(which)
    : await ledger.rollouts.create(parseRolloutFile(await readInput(which), which));
  rollout.warnings.forEach(warn);
  const started = flags.draft === true ? rollout : await startOrAsk(ledger, rollout, flags).catch(tell);
  if (flags.json === true) return printJson(started);
  await print(started.rollout_id);
  note(oneLine(describe(started)));

  /** Prints the id of what was made: otherwise nobody could start or discard it, and a second try would make another one. */
  function tell(error: unknown): never {
    const { rollout_id: id } = rollout;
    if (!isDraft)
      note(
        `It was made and not started: \`rollout start ${id}\` tries again, \`rollout stop ${id}\` discards it.`,
      );
    throw error;
  }
}

async function startOrAsk(
  ledger: LedgerClient,
  rollout: Pick<Rollout, 'rollout_id'>,
  { reason }: ActOnRolloutFlags,
): Promise<Rollout | RolloutDetail> {
  const { rollout_id: id } = rollout;
  try {
    return await ledger.rollouts.start(id, { reason: reason ?? null });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'ENVIRONMENT_PROTECTED') throw error;
  }
  const change = await ledger.changes.open({
    kind: 'rollout',
    rollout_id: id,
    reason: reason ?? 'started from the command line',
  });
  note(`The environment is protected: change ${change.change_id} starts it once it is approved and applied.`);
  return ledger.rollouts.get(id);
}

export type RolloutVerb = 'pause' | 'resume' | 'stop' | 'rollBack';

export async function actOnRolloutCommand(
  verb: RolloutVerb,
  rolloutId: string,
  flags: ActOnRolloutFlags,
): Promise<void> {
  const { rollouts } = await connect(flags);
  const rollout = await rollouts[verb](rolloutId, { reason: flags.reason ?? null });
  if (flags.json === true) return printJson(rollout);
  await print(oneLine(describe(rollout)));
}

export interface ListRolloutsFlags extends LedgerFlags {
  readonly status?: RolloutStatus;
  readonly prompt?: string;
  readonly environment?: string;
  readonly limit: number;
}

export async function listRolloutsCommand(flags: ListRolloutsFlags): Promise<void> {
  const { status, prompt, environment, limit } = flags;
  const { rollouts } = await (
    await connect(flags)
  ).rollouts.list({
    ...(status === undefined ? {} : { status }),
    ...(prompt === undefined ? {} : { prompt_name: prompt }),
    ...(environment === undefined ? {} : { environment }),
    limit,
  });
  if (flags.json === true) return printJson(rollouts);
  await printTable(
    ['rollout', 'status', 'name', 'prompt', 'environment', 'versions', 'step', 'share'],
    rollouts.map((rollout) => [
      rollout.rollout_id,
      rollout.status,
      rollout.name,
      rollout.prompt_name,
      rollout.environment,
      formatVersions(rollout),
      rollout.phase === null ? null : `${rollout.phase} of ${rollout.steps.length}`,
      `${rollout.percent} %`,
    ]),
  );
}

/** Prints what a rollout has shown in its latest step, with a chart of how the bounds of its primary metric developed. */
export async function rolloutStatusCommand(rolloutId: string, flags: LedgerFlags): Promise<void> {
  const ledger = await connect(flags);
  const rollout = await ledger.rollouts.get(rolloutId);
  if (flags.json === true) return printJson(rollout);
  const { bold, dim } = coloursFor(process.stdout);
  await print(bold(oneLine(describe(rollout))));
  if (rollout.status_reason !== null) await print(oneLine(`${rollout.status_by}: ${rollout.status_reason}`));
  const step = rollout.phases.at(-1);
  if (step === undefined) return;
  const { control, candidate } = step.arms;
  await print(
    `${control.units} units of the control, ${candidate.units} of the candidate; a split like that has the p-value ${step.ratio_p_value.toPrecision(2)}`,
  );
  await print(`\n${toTable(HEAD, step.comparisons.map(toRow), process.stdout)}`);
  const { looks } = await ledger.rollouts.looks(rolloutId, { limit: LOOKS_DRAWN });
  const ofStep = looks.filter(({ phase }) => phase === step.phase).reverse();
  const effects = ofStep.flatMap(({ comparisons }) => comparisons.slice(0, 1).map(readEffect));
  const chart = drawSequence(effects, fitChart(process.stdout.columns));
  if (chart.length === 0) return;
  const primary = `${rollout.primary.metric}, candidate against control, look by look`;
  await print(['', dim(oneLine(primary)), ...chart].join('\n'));
}

const HEAD = ['metric', 'better', 'control', 'candidate', 'effect', 'bounds', ''];

function toRow(comparison: RolloutComparison): (string | null)[] {
  const { metric, role, direction, arms, effect } = comparison;
  const { estimate, low, high } = effect.relative;
  return [
    role === 'primary' ? `${metric} (primary)` : metric,
    direction,
    formatFigure(comparison, arms.control),
    formatFigure(comparison, arms.candidate),
    estimate === null ? null : percent(estimate),
    low === null || high === null ? null : `${percent(low)} to ${percent(high)}`,
    describeVerdict(comparison),
  ];
}

function formatFigure({ kind }: RolloutComparison, { estimate }: RolloutEstimate): string | null {
  if (estimate === null) return null;
  return kind === 'yes_no' ? `${(100 * estimate).toFixed(1)} %` : String(Number(estimate.toPrecision(4)));
}

function describeVerdict({ is_enough, is_bad, is_good }: RolloutComparison): string {
  if (is_bad) return 'bad';
  if (is_good) return 'good';
  return is_enough ? 'open' : 'too few units';
}

function readEffect({ effect }: RolloutComparison): RolloutEstimate {
  return effect.relative;
}

type Described = Pick<
  Rollout,
  'name' | 'prompt_name' | 'environment' | 'control' | 'candidate' | 'status' | 'phase' | 'percent' | 'steps'
>;

function describe(rollout: Described): string {
  const { name, prompt_name: prompt, environment, status, phase, percent: share, steps } = rollout;
  const step = phase === null ? '' : `, step ${phase} of ${steps.length} at ${share} %`;
  return `${name}: ${prompt} in ${environment}, version ${formatVersions(rollout)}: ${status.replace('_', ' ')}${step}`;
}

function formatVersions({ control, candidate }: Pick<Rollout, 'control' | 'candidate'>): string {
  return `${control.version_number} → ${candidate.version_number}`;
}
