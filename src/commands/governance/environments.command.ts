import type { MovedPointer } from '../../../sdk/src/index.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { print, printJson, printTable } from '../terminal/output.js';

/** Lists the environments with rules or, for a prompt, the version that runs in each. */
export async function listEnvironmentsCommand(
  promptName: string | undefined,
  flags: LedgerFlags,
): Promise<void> {
  const ledger = await connect(flags);
  if (promptName === undefined) {
    const { environments } = await ledger.environments.list();
    if (flags.json === true) return printJson(environments);
    return printTable(
      ['environment', 'protected', 'approvals', 'of teams', 'changes expire after'],
      environments.map((each) => [
        each.name,
        yesOrNo(each.protected),
        each.approvals.required,
        each.approvals.teams.join(' '),
        `${each.change_ttl_h} h`,
      ]),
    );
  }
  const { environments } = await ledger.environments.of(promptName);
  if (flags.json === true) return printJson(environments);
  await printTable(
    ['environment', 'version', 'checksum', 'protected', 'by', 'since'],
    environments.map((each) => [
      each.environment,
      each.version_number,
      each.checksum_hash.slice(0, 12),
      yesOrNo(each.protected),
      each.moved_by,
      each.moved_at,
    ]),
  );
}

export interface SetEnvironmentFlags extends LedgerFlags {
  /** Commander's `--protected` and `--no-protected`; undefined leaves it as it is. */
  readonly protected?: boolean;
  readonly approvals?: number;
  readonly team?: readonly string[];
  readonly changeTtl?: number;
}

export async function setEnvironmentCommand(name: string, flags: SetEnvironmentFlags): Promise<void> {
  const { approvals: required, team: teams } = flags;
  const approvals = {
    ...(required === undefined ? {} : { required }),
    ...(teams === undefined ? {} : { teams }),
  };
  const set = await (
    await connect(flags)
  ).environments.put(name, {
    ...(flags.protected === undefined ? {} : { protected: flags.protected }),
    ...(Object.keys(approvals).length === 0 ? {} : { approvals }),
    ...(flags.changeTtl === undefined ? {} : { change_ttl_h: flags.changeTtl }),
  });
  if (flags.json === true) return printJson(set);
  await print(`${set.name} is ${set.protected ? '' : 'not '}protected, revision ${set.revision}.`);
  const { prompts_without_pointer: missing } = set;
  if (missing.length === 0) return;
  await print('Prompts that cannot run there until a change brings a version:');
  for (const prompt of missing) await print(`  ${prompt}`);
}

export interface MoveFlags extends LedgerFlags {
  readonly environment: string;
  readonly reason?: string;
}

export async function moveCommand(promptName: string, version: number, flags: MoveFlags): Promise<void> {
  const ledger = await connect(flags);
  const request = { version_number: version, reason: flags.reason ?? null };
  const moved = await ledger.environments.move(promptName, flags.environment, request);
  return flags.json === true ? printJson(moved) : print(formatLine(moved));
}

/** Moves back to the previous version. */
export async function rollbackCommand(promptName: string, flags: MoveFlags): Promise<void> {
  const ledger = await connect(flags);
  const reason = flags.reason ?? 'rolled back from the command line';
  const moved = await ledger.environments.rollback(promptName, flags.environment, reason);
  return flags.json === true ? printJson(moved) : print(formatLine(moved));
}

export interface ListMovesFlags extends LedgerFlags {
  readonly environment?: string;
  readonly limit: number;
}

/** Lists the history of a prompt's environments, newest first. */
export async function listMovesCommand(promptName: string, flags: ListMovesFlags): Promise<void> {
  const { environment, limit } = flags;
  const query = { limit, ...(environment === undefined ? {} : { environment }) };
  const { moves } = await (await connect(flags)).environments.moves(promptName, query);
  if (flags.json === true) return printJson(moves);
  await printTable(
    ['when', 'environment', 'from', 'to', 'by', 'why'],
    moves.map((move) => [
      move.moved_at,
      move.environment,
      move.from_version,
      move.to_version,
      move.moved_by,
      move.emergency ? `EMERGENCY: ${move.reason}` : move.reason,
    ]),
  );
}

function formatLine({ prompt, environment, version, moved }: MovedPointer): string {
  const runs = moved ? 'runs' : 'ran already';
  return `${prompt.name}: version ${version.version_number} ${runs} in ${environment}.`;
}

function yesOrNo(is: boolean): string {
  return is ? 'yes' : 'no';
}
