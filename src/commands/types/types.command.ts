import { readFile, writeFile } from 'node:fs/promises';
import { readPrompts } from '../code/tracked-prompts.js';
import { CliError, EXIT, type ExitCode } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { formatCount } from '../terminal/format-count.js';
import { note, print, printJson } from '../terminal/output.js';
import { formatTypes } from './format-types.js';

export interface TypesFlags extends LedgerFlags {
  readonly prefix?: string;
  readonly out?: string;
  readonly check?: boolean;
}

/** Writes the types of the variables of active versions, from their schemas. With `check`, returns 1 when the file differs. */
export async function typesCommand({ prefix, out, check, ...flags }: TypesFlags): Promise<ExitCode> {
  if (check === true && out === undefined) throw new CliError('Name the file to check with --out.');
  const ledger = await connect(flags);
  const query = prefix === undefined ? {} : { q: prefix };
  const listed = await ledger.prompts.list({ ...query, limit: 200 }).all();
  const prompts = await readPrompts(
    ledger,
    listed.map(({ name }) => name),
  );
  const typed = prompts.flatMap(({ name, active_version: active }) => {
    const schema = active?.variables_schema;
    return schema === undefined ? [] : [{ name, schema }];
  });
  const text = formatTypes(typed);
  if (out === undefined) {
    await print(text.trimEnd());
    return EXIT.OK;
  }
  const isSame = (await readIfThere(out)) === text;
  if (!isSame && check !== true) await writeFile(out, text);
  if (flags.json === true) await printJson({ file: out, prompts: typed.length, changed: !isSame });
  else
    note(`${formatCount(typed.length, 'prompt')} with a schema; ${out} ${describe(isSame, check === true)}.`);
  return isSame || check !== true ? EXIT.OK : EXIT.NO;
}

function describe(isSame: boolean, isCheck: boolean): string {
  if (isSame) return 'is up to date';
  return isCheck ? 'is not up to date' : 'is written';
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
}
