import type { ScoreExecutionRequest, ScorerKind } from '../../../sdk/src/index.js';
import { CliError, EXIT, type ExitCode } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { parseJsonInput, readInput } from '../terminal/input.js';
import { oneLine, print, printJson, printTable, warn } from '../terminal/output.js';
import { parseScorerFile } from './scorer-file.js';

export interface PutScorerFlags extends LedgerFlags {
  readonly name?: string;
}

export async function putScorerCommand(file: string, flags: PutScorerFlags): Promise<void> {
  const { name, request } = parseScorerFile(await readInput(file), file, flags.name);
  const result = await (await connect(flags)).scorers.put(name, request);
  for (const warning of result.warnings) warn(warning);
  if (flags.json === true) return printJson(result);
  const { version, version_change: isNew } = result;
  await print(`${name}: version ${version.version_number}${isNew ? '' : ', as before'}.`);
}

export interface ListScorersFlags extends LedgerFlags {
  readonly kind?: ScorerKind;
}

export async function listScorersCommand(flags: ListScorersFlags): Promise<void> {
  const { kind } = flags;
  const ledger = await connect(flags);
  const scorers = await ledger.scorers.list({ ...(kind === undefined ? {} : { kind }), limit: 200 }).all();
  if (flags.json === true) return printJson(scorers);
  await printTable(
    ['scorer', 'kind', 'version', 'changed', 'by'],
    scorers.map(({ name, kind: is, latest_version: latest, updated_at: at }) => [
      name,
      is,
      latest.version_number,
      at,
      latest.created_by,
    ]),
  );
}

export async function deleteScorerCommand(name: string, flags: LedgerFlags): Promise<void> {
  await (await connect(flags)).scorers.delete(name);
  if (flags.json === true) return printJson({ deleted: name });
  await print(`${name} is deleted; its scores stay.`);
}

export interface ScoreFlags extends LedgerFlags {
  readonly scorer: string;
  readonly value?: number;
  readonly label?: string;
  readonly explanation?: string;
  readonly expected?: string;
  readonly keep?: boolean;
}

/** Records a person's score of an execution, or has it scored. Exits with 1 when the score does not pass, and 2 for an error. */
export async function scoreCommand(executionId: string, flags: ScoreFlags): Promise<ExitCode> {
  const isGiven = flags.value !== undefined || flags.label !== undefined;
  return isGiven ? giveScore(executionId, flags) : computeScore(executionId, flags);
}

async function giveScore(executionId: string, flags: ScoreFlags): Promise<ExitCode> {
  const { scorer, value, label, explanation } = flags;
  if (flags.expected !== undefined || flags.keep === true) {
    throw new CliError(
      '--expected and --keep are for scores that are computed, without --value and --label.',
    );
  }
  const score = await (
    await connect(flags)
  ).scores.create({
    execution_id: executionId,
    scorer,
    ...(value === undefined ? {} : { value }),
    ...(label === undefined ? {} : { label }),
    ...(explanation === undefined ? {} : { explanation }),
  });
  await (flags.json === true ? printJson(score) : print(score.score_id ?? ''));
  return EXIT.OK;
}

async function computeScore(executionId: string, flags: ScoreFlags): Promise<ExitCode> {
  const { scorer, expected, keep } = flags;
  if (flags.explanation !== undefined) throw new CliError('--explanation needs --value or --label.');
  const request: ScoreExecutionRequest = {
    execution_id: executionId,
    ...(expected === undefined ? {} : { expected: parseJsonInput(expected, '--expected') }),
    ...(keep === true ? { keep } : {}),
  };
  const scored = await (await connect(flags)).scorers.score(scorer, request);
  const { score, error } = scored;
  if (flags.json === true) await printJson(scored);
  else if (score === null) await print(`error: ${oneLine(error?.message ?? '')}`, process.stderr);
  else {
    const label = score.label === null ? '' : ` (${oneLine(score.label)})`;
    await print(`${score.passed ? 'pass' : 'fail'} ${score.value}${label}`);
    if (score.explanation !== null) await print(oneLine(score.explanation));
  }
  if (score === null) return EXIT.CANNOT_TELL;
  return score.passed ? EXIT.OK : EXIT.NO;
}
