import { ApiError, type Change, type ChangeStatus, type LedgerClient } from '../../../sdk/src/index.js';
import { moveCommand } from './environments.command.js';
import { CliError } from '../terminal/cli-error.js';
import { colourDiff } from '../terminal/colour-diff.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { coloursFor, oneLine, print, printJson, printTable } from '../terminal/output.js';

export interface PromoteFlags extends LedgerFlags {
  readonly to: string;
  readonly version?: number;
  readonly reason?: string;
}

/**
 * Requests a version in a protected environment; without a number, the active one. An unprotected environment gets
 * it at once.
 */
export async function promoteCommand(name: string, flags: PromoteFlags): Promise<void> {
  const ledger = await connect(flags);
  const { to: environment, reason = 'promoted from the command line' } = flags;
  const version = flags.version ?? (await activeVersion(ledger, name));
  const request = { prompt_name: name, environment, version_number: version, reason };
  try {
    const change = await ledger.changes.open(request);
    return await (flags.json === true ? printJson(change) : print(change.change_id));
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'ENVIRONMENT_NOT_PROTECTED') throw error;
  }
  await moveCommand(name, version, { ...flags, environment, reason });
}

async function activeVersion(ledger: LedgerClient, name: string): Promise<number> {
  const { active_version: active } = await ledger.prompts.get(name);
  if (active !== null) return active.version_number;
  throw new CliError(`${name} has no active version; say which one with --version.`);
}

export interface ListChangesFlags extends LedgerFlags {
  readonly status?: ChangeStatus;
  readonly prompt?: string;
  readonly environment?: string;
  readonly limit: number;
}

export async function listChangesCommand(flags: ListChangesFlags): Promise<void> {
  const { status, prompt, environment, limit } = flags;
  const { changes } = await (
    await connect(flags)
  ).changes.list({
    ...(status === undefined ? {} : { status }),
    ...(prompt === undefined ? {} : { prompt_name: prompt }),
    ...(environment === undefined ? {} : { environment }),
    limit,
  });
  if (flags.json === true) return printJson(changes);
  await printTable(
    ['change', 'status', 'prompt', 'environment', 'versions', 'approvals', 'by', 'reason'],
    changes.map((change) => [
      change.change_id,
      change.review === 'open' ? 'applied, to be reviewed' : change.status,
      change.prompt_name,
      change.environment,
      formatVersions(change),
      formatApprovals(change),
      change.opened_by,
      change.reason,
    ]),
  );
}

/** Prints the difference to approve, and who runs the prompt there. */
export async function showChangeCommand(changeId: string, flags: LedgerFlags): Promise<void> {
  const change = await (await connect(flags)).changes.get(changeId);
  if (flags.json === true) return printJson(change);
  const colours = coloursFor(process.stdout);
  const { impact } = change;
  const keys = impact.keys.map(
    ({ name, key_id: id, executions }) => `${name ?? id ?? 'admin'} (${executions})`,
  );
  const lines = [
    colours.bold(`${change.prompt_name} in ${change.environment}: ${formatVersions(change)}`),
    `${change.status}, ${formatApprovals(change)} approvals, until ${change.expires_at}`,
    `opened by ${change.opened_by}: ${change.reason}`,
    ...change.approvals.map(
      ({ by, comment, counts }) =>
        `approved by ${by}${comment === null ? '' : `: ${comment}`}${counts ? '' : ' (does not count)'}`,
    ),
    `executions of the last 7 days: ${impact.executions_7d}${keys.length === 0 ? '' : `, by ${keys.join(', ')}`}`,
  ];
  await print([...lines.map(oneLine), ''].join('\n'));
  await print(
    colourDiff((change.diff ?? 'The versions are too long to compare.').replace(/\n$/, ''), colours),
  );
}

export interface DecideFlags extends LedgerFlags {
  readonly comment?: string;
}

export type ChangeVerb = 'approve' | 'reject' | 'withdraw';

export async function decideChangeCommand(
  verb: ChangeVerb,
  changeId: string,
  flags: DecideFlags,
): Promise<void> {
  const { changes } = await connect(flags);
  const change = await changes[verb](changeId, { comment: flags.comment ?? null });
  if (flags.json === true) return printJson(change);
  await printOutcome(change);
}

export interface ApplyChangeFlags extends DecideFlags {
  readonly emergency?: boolean;
  readonly reason?: string;
}

export async function applyChangeCommand(changeId: string, flags: ApplyChangeFlags): Promise<void> {
  const { changes } = await connect(flags);
  const change = await changes.apply(changeId, {
    comment: flags.comment ?? null,
    ...(flags.emergency === true ? { emergency: true } : {}),
    ...(flags.reason === undefined ? {} : { reason: flags.reason }),
  });
  if (flags.json === true) return printJson(change);
  await printOutcome(change);
}

function printOutcome(change: Change): Promise<void> {
  const { prompt_name: name, environment, to_version: version, status } = change;
  if (status === 'applied') {
    const review = change.review === null ? '' : `; its review is ${change.review}`;
    return print(`${name}: version ${version} runs in ${environment}${review}.`);
  }
  return print(
    `${name}: the change to version ${version} in ${environment} is ${status}, with ${formatApprovals(change)} approvals.`,
  );
}

type ShownChange = Pick<Change, 'from_version' | 'to_version' | 'approvals' | 'required_approvals'>;

function formatVersions({ from_version: from, to_version: to }: ShownChange): string {
  return `${from ?? 'none'} → ${to}`;
}

/** Formats how many approvals count, and how many are required. */
function formatApprovals({ approvals, required_approvals: required }: ShownChange): string {
  return `${approvals.filter(({ counts }) => counts).length} of ${required}`;
}
