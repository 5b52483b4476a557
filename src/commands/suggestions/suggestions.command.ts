import type { Suggestion } from '../../../sdk/src/index.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { type Colours, coloursFor, indented, oneLine, print, printJson } from '../terminal/output.js';

export interface ListSuggestionsFlags extends LedgerFlags {
  readonly version?: number;
  readonly dismissed?: boolean;
}

/** Prints each suggestion with its evidence, the most important first. */
export async function listSuggestionsCommand(name: string, flags: ListSuggestionsFlags): Promise<void> {
  const { version, dismissed } = flags;
  const ledger = await connect(flags);
  const found = await ledger.suggestions.list(name, {
    ...(version === undefined ? {} : { version_number: version }),
    ...(dismissed === true ? { include: 'dismissed' as const } : {}),
  });
  if (flags.json === true) return printJson(found);
  const colours = coloursFor(process.stdout);
  const { version_number: number, window, suggestions } = found;
  const from =
    window === null
      ? ''
      : `, from ${window.looked_at} of ${window.executions} executions of ${window.days} days`;
  await print(colours.dim(oneLine(`${name}, version ${number}${from}`)));
  if (suggestions.length === 0) await print('Nothing to suggest.');
  for (const suggestion of suggestions) await print(describe(suggestion, colours));
}

const PAINT = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

function describe(
  { severity, title, suggestion_id: id, kind, status, evidence, patch }: Suggestion,
  colours: Colours,
): string {
  const { places, facts, links } = evidence;
  const named = Object.entries(facts).map(([fact, value]) => `${fact}: ${[value].flat().join(', ')}`);
  const patched =
    patch === null ? 'no patch' : patch.kind === 'content' ? 'has a patch' : `patch of ${patch.kind}`;
  const lines = [
    ...places.map(({ pointer, text }) => `${pointer}: ${text}`),
    ...(named.length === 0 ? [] : [named.join(' · ')]),
    ...links,
  ].map((line) => indented(oneLine(line)));
  return [
    '',
    `${colours[PAINT[severity]](severity)} ${oneLine(title)}`,
    colours.dim(`  ${id} · ${kind} · ${status} · ${patched}`),
    ...lines,
  ].join('\n');
}

export interface DismissFlags extends LedgerFlags {
  readonly reason?: string;
  readonly undo?: boolean;
}

export async function dismissSuggestionCommand(name: string, id: string, flags: DismissFlags): Promise<void> {
  const { suggestions } = await connect(flags);
  const suggestion =
    flags.undo === true
      ? await suggestions.restore(name, id)
      : await suggestions.dismiss(name, id, { reason: flags.reason ?? null });
  if (flags.json === true) return printJson(suggestion);
  await print(`${suggestion.suggestion_id} is ${suggestion.status}.`);
}

export interface ApplySuggestionFlags extends LedgerFlags {
  readonly message?: string;
  readonly allowOlder?: boolean;
}

export async function applySuggestionCommand(
  name: string,
  id: string,
  flags: ApplySuggestionFlags,
): Promise<void> {
  const { suggestions } = await connect(flags);
  const applied = await suggestions.apply(name, id, {
    commit_message: flags.message ?? null,
    ...(flags.allowOlder === true ? { allow_older: true } : {}),
  });
  if (flags.json === true) return printJson(applied);
  const { version_number: number, status } = applied.version;
  await print(oneLine(`${name}: version ${number} has the patch, and is ${describeStatus(status)}.`));
}

function describeStatus(status: string): string {
  return status === 'draft' ? 'a draft' : status;
}
