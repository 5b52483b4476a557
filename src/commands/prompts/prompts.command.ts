import type {
  ActiveVersion,
  ChatMessage,
  ListPromptsQuery,
  Prompt,
  PromptMode,
  Version,
} from '../../../sdk/src/index.js';
import { writeJson } from '../../kernel/index.js';
import { parsePromptFile } from '../prompt-files/parse-prompt-file.js';
import { type PromptFile, PromptFileError } from '../prompt-files/prompt-file.js';
import { warnOfSchema } from '../prompt-files/warn-of-schema.js';
import { contentFields, extraFields } from '../prompt-files/wire.js';
import { CliError, EXIT, type ExitCode } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import {
  coloursFor,
  indented,
  oneLine,
  print,
  printable,
  printJson,
  printTable,
} from '../terminal/output.js';
import { colourDiff } from '../terminal/colour-diff.js';
import { readInput } from '../terminal/input.js';

export interface ListPromptsFlags extends LedgerFlags {
  readonly mode?: PromptMode;
  readonly tag?: string;
  readonly team?: string;
  readonly prefix?: string;
  readonly search?: string;
}

export async function listPromptsCommand(
  flags: ListPromptsFlags & { readonly sort: 'name' | 'changed' },
): Promise<void> {
  const ledger = await connect(flags);
  const order = flags.sort === 'changed' ? ({ sort: '-updated_at' } as const) : {};
  const prompts = await ledger.prompts.list({ ...toQuery(flags), ...order, limit: 200 }).all();
  if (flags.json === true) return printJson(prompts);
  await printTable(
    ['name', 'mode', 'team', 'tags', 'changed', 'description'],
    prompts.map((prompt) => [
      prompt.name,
      prompt.mode,
      prompt.owner_team,
      prompt.tags.join(' '),
      prompt.updated_at,
      prompt.description,
    ]),
  );
}

export function toQuery({ mode, tag, team, prefix, search }: ListPromptsFlags): ListPromptsQuery {
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(tag === undefined ? {} : { tag }),
    ...(team === undefined ? {} : { owner_team: team }),
    ...(prefix === undefined ? {} : { q: prefix }),
    ...(search === undefined ? {} : { search }),
  };
}

export interface ShowPromptFlags extends LedgerFlags {
  readonly version?: number;
}

/** Prints the text on standard output unchanged, except for what a terminal would act on, and everything else on standard error. */
export async function showPromptCommand(name: string, flags: ShowPromptFlags): Promise<void> {
  const ledger = await connect(flags);
  if (flags.version !== undefined) {
    const version = await ledger.versions.get(name, flags.version);
    return flags.json === true
      ? printJson(version)
      : print(`${headOfVersion(version)}\n\n${getText(version)}`);
  }
  const [prompt, versions] = await Promise.all([ledger.prompts.get(name), ledger.versions.list(name)]);
  if (flags.json === true) return printJson({ ...prompt, versions });
  await print(formatHead(prompt));
  await printTable(
    ['version', 'status', 'checksum', 'by', 'made', 'message'],
    versions.map((version) => [
      version.version_number,
      version.status,
      version.checksum_hash.slice(0, 12),
      version.created_by,
      version.created_at,
      version.commit_message,
    ]),
  );
  if (prompt.active_version !== null) await print(`\n${getText(prompt.active_version)}`);
}

function formatHead(prompt: Prompt): string {
  const { name, mode, description, owner_team: team, tags, active_version: active } = prompt;
  const { retired_at: retiredAt } = prompt;
  const about = [
    ...(description === null ? [] : [description]),
    ...(team === null ? [] : [`team: ${team}`]),
    ...(tags.length === 0 ? [] : [`tags: ${tags.join(', ')}`]),
    ...(retiredAt === null ? [] : [`retired: ${retiredAt}`]),
    active === null ? 'no version is active' : `variables: ${active.variables.join(', ') || 'none'}`,
  ];
  return [`${coloursFor(process.stdout).bold(name)} (${mode})`, ...about.map(oneLine), ''].join('\n');
}

function headOfVersion({
  prompt_name: name,
  version_number: number,
  status,
  checksum_hash: hash,
}: Version): string {
  return `${coloursFor(process.stdout).bold(name)} version ${number} (${status}), checksum ${hash}`;
}

/** The other members come before the text, so that no text can look like them. */
function getText(version: ActiveVersion | Version): string {
  const { bold } = coloursFor(process.stdout);
  const { template_source: template, messages = [] } = version;
  const extras = Object.entries(extraFields(version)).map(
    ([member, value]) => `${bold(member)}\n${indented(writeJson(value, 2))}`,
  );
  return [...extras, template === undefined ? messagesText(messages, bold) : printable(template)].join(
    '\n\n',
  );
}

function messagesText(messages: readonly ChatMessage[], bold: (text: string) => string): string {
  return messages.map(({ role, content }) => `${bold(role)}\n${indented(content)}`).join('\n\n');
}

/** Returns 0 when both are the same and 1 when not, as `diff` does. */
export async function diffPromptCommand(
  name: string,
  from: number,
  to: number,
  flags: LedgerFlags,
): Promise<ExitCode> {
  const diff = await (await connect(flags)).prompts.diff(name, from, to);
  if (flags.json === true) await printJson(diff);
  else if (!diff.identical)
    await print(colourDiff(diff.unified.replace(/\n$/, ''), coloursFor(process.stdout)));
  return diff.identical ? EXIT.OK : EXIT.NO;
}

export interface PutPromptFlags extends LedgerFlags {
  readonly text?: string;
  readonly file?: string;
  /** Commander's `--no-activate`. */
  readonly activate: boolean;
  readonly description?: string;
  readonly team?: string;
  readonly tag?: readonly string[];
  readonly by?: string;
  readonly message?: string;
}

export async function putPromptCommand(name: string, flags: PutPromptFlags): Promise<void> {
  const file = await readContent(name, flags);
  const ledger = await connect(flags);
  const description = flags.description ?? file.description;
  const team = flags.team ?? file.ownerTeam;
  const tags = flags.tag ?? file.tags;
  const result = await ledger.prompts.put(name, {
    ...contentFields(file.content),
    ...(description === undefined ? {} : { description }),
    ...(team === undefined ? {} : { owner_team: team }),
    ...(tags === undefined ? {} : { tags }),
    set_active: flags.activate,
    created_by: flags.by ?? null,
    commit_message: flags.message ?? null,
  });
  if (flags.json === true) return printJson(result);
  const { version_number: number, status } = result.version;
  const news = result.version_change ? 'is new' : 'was there already';
  await print(`${name}: version ${number} ${news}, and is ${status}.`);
  warnOfSchema(result.warnings);
}

/** Treats a text as an import does: one line feed at the end of a file is removed. */
async function readContent(name: string, { text, file }: PutPromptFlags): Promise<PromptFile> {
  if ((text === undefined) === (file === undefined)) {
    throw new CliError(
      'Give the text of the prompt with --text, or a file with --file (- is standard input).',
    );
  }
  if (text !== undefined)
    return { name, mode: null, content: { kind: 'text', templateSource: text }, line: 1 };
  try {
    return parsePromptFile(await readInput(file ?? '-'));
  } catch (error) {
    if (error instanceof PromptFileError) throw new CliError(`${file}:${error.line}: ${error.message}`);
    throw error;
  }
}
