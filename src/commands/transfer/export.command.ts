import { mkdir } from 'node:fs/promises';
import type { Prompt } from '../../../sdk/src/index.js';
import { readPrompts } from '../code/tracked-prompts.js';
import { assignFilePaths } from '../prompt-files/file-paths.js';
import { formatPromptFile } from '../prompt-files/format-prompt-file.js';
import { writeBelow } from '../prompt-files/prompt-folder.js';
import { toContent } from '../prompt-files/wire.js';
import { type ListPromptsFlags, toQuery } from '../prompts/prompts.command.js';
import { connect } from '../terminal/connection.js';
import { formatCount } from '../terminal/format-count.js';
import { print, printJson, printTable, warn } from '../terminal/output.js';

export interface ExportFlags extends ListPromptsFlags {
  readonly dryRun?: boolean;
}

/**
 * Writes the active version of every prompt to its own file. Other files of the folder are left alone. A retired prompt is
 * skipped, because importing its file would bring it back.
 */
export async function exportCommand(folder: string, flags: ExportFlags): Promise<void> {
  const ledger = await connect(flags);
  const listed = await ledger.prompts.list({ ...toQuery(flags), retired: false, limit: 200 }).all();
  const dryRun = flags.dryRun === true;
  // A folder that cannot be created fails here, before the prompts are read, which may take long.
  if (!dryRun) await mkdir(folder, { recursive: true });
  const prompts = await readPrompts(
    ledger,
    listed.map(({ name }) => name),
  );
  const active = prompts.filter((prompt): prompt is Exportable => prompt.active_version !== null);
  const paths = assignFilePaths(active.map(({ name }) => name));
  const results: { name: string; file: string; result: string }[] = [];
  for (const prompt of active) {
    const file = paths.get(prompt.name) ?? '';
    const result = await writeBelow(folder, file, toFile(prompt), { dryRun });
    results.push({ name: prompt.name, file, result });
  }
  const skipped = prompts.filter((prompt) => prompt.active_version === null).map(({ name }) => name);
  if (flags.json === true) return printJson({ files: results, skipped, dry_run: dryRun });
  skipped.forEach((name) => warn(`${name} has no active version: there is nothing to write.`));
  const news = results.filter(({ result }) => result !== 'unchanged');
  if (news.length > 0)
    await printTable(
      ['prompt', 'file', 'result'],
      news.map((row) => [row.name, row.file, row.result]),
    );
  await print(
    `${formatCount(results.length, 'prompt')} ${dryRun ? 'would be ' : ''}in ${folder}, ${formatCount(news.length, 'file')} ${dryRun ? 'would be ' : ''}written.`,
  );
}

type Exportable = Prompt & { readonly active_version: NonNullable<Prompt['active_version']> };

function toFile({
  name,
  description,
  owner_team: ownerTeam,
  tags,
  mode,
  active_version: active,
}: Exportable): string {
  const { version_number: versionNumber, checksum_hash: checksumHash } = active;
  return formatPromptFile({
    name,
    description,
    ownerTeam,
    tags,
    mode,
    versionNumber,
    checksumHash,
    content: toContent(active),
  });
}
