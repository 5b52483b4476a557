import { CliError } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { readInput } from '../terminal/input.js';
import { print, printJson, printTable } from '../terminal/output.js';

export interface ListSnippetsFlags extends LedgerFlags {
  readonly prefix?: string;
}

export interface ShowSnippetFlags extends LedgerFlags {
  readonly version?: number;
}

export interface PutSnippetFlags extends LedgerFlags {
  readonly text?: string;
  readonly file?: string;
  readonly description?: string;
  readonly by?: string;
  readonly message?: string;
}

export async function listSnippetsCommand(flags: ListSnippetsFlags): Promise<void> {
  const ledger = await connect(flags);
  const query = flags.prefix === undefined ? {} : { q: flags.prefix };
  const snippets = await ledger.snippets.list({ ...query, limit: 200 }).all();
  if (flags.json === true) return printJson(snippets);
  await printTable(
    ['snippet', 'newest', 'description'],
    snippets.map(({ name, latest_version_number: newest, description }) => [name, `${newest}`, description]),
  );
}

export async function showSnippetCommand(name: string, flags: ShowSnippetFlags): Promise<void> {
  const ledger = await connect(flags);
  const version =
    flags.version === undefined
      ? (await ledger.snippets.get(name)).latest_version
      : await ledger.snippets.version(name, flags.version);
  if (flags.json === true) return printJson(version);
  await print(version.template_source);
}

export async function putSnippetCommand(name: string, flags: PutSnippetFlags): Promise<void> {
  const text = await readText(flags);
  const ledger = await connect(flags);
  const result = await ledger.snippets.put(name, {
    template_source: text,
    ...(flags.description === undefined ? {} : { description: flags.description }),
    created_by: flags.by ?? null,
    commit_message: flags.message ?? null,
  });
  if (flags.json === true) return printJson(result);
  const news = result.version_change ? 'is new' : 'was there already';
  const number = result.version.version_number;
  await print(`${name}: version ${number} ${news}. Use it as {% render "snippet/${name}@${number}" %}.`);
}

export async function snippetUsageCommand(name: string, flags: LedgerFlags): Promise<void> {
  const ledger = await connect(flags);
  const usage = await ledger.snippets.usage(name, { limit: 200 }).all();
  if (flags.json === true) return printJson(usage);
  await printTable(
    ['used by', 'version', `version of ${name}`, 'runs in'],
    usage.map((use) => [
      `${use.kind} ${use.name}`,
      `${use.version_number}`,
      `${use.snippet_version_number}${use.direct ? '' : ' (through another)'}`,
      use.environments.join(' '),
    ]),
  );
}

export async function deleteSnippetCommand(name: string, flags: LedgerFlags): Promise<void> {
  await (await connect(flags)).snippets.delete(name);
  if (flags.json === true) return printJson({ deleted: name });
  await print(`Snippet ${name} is deleted.`);
}

/** Removes one line feed from the end of a file, as for a prompt. */
async function readText({ text, file }: PutSnippetFlags): Promise<string> {
  if ((text === undefined) === (file === undefined)) {
    throw new CliError(
      'Give the text of the snippet with --text, or a file with --file (- is standard input).',
    );
  }
  return text ?? (await readInput(file ?? '-')).replace(/\n$/, '');
}
