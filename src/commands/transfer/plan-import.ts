import type { Prompt } from '../../../sdk/src/index.js';
import {
  canonicalJson,
  computeChecksum,
  listPins,
  RENDERER,
  rendererFor,
  TemplateInvalidError,
} from '../../templating/index.js';
import { canBeTracked, ONLY_TEXT_IS_TRACKED } from '../prompt-files/prompt-file.js';
import type { FoundPromptFile, PromptFileProblem } from '../prompt-files/prompt-folder.js';
import { contentFields, toContent } from '../prompt-files/wire.js';

/** `metadata`: the text is unchanged, but the prompt's description, owner or tags are not. */
export type ImportResult = 'new' | 'changed' | 'metadata' | 'unchanged';

export interface PlannedImport {
  readonly prompt: FoundPromptFile;
  readonly result: ImportResult;
}

export interface ImportPlan {
  readonly imports: readonly PlannedImport[];
  /** Any problem keeps everything from being written. */
  readonly problems: readonly PromptFileProblem[];
}

/** Finds faults that files alone show: repeated names, templates that do not parse, tracked prompts with content that cannot be tracked. */
export function checkFiles(files: readonly FoundPromptFile[]): PromptFileProblem[] {
  const first = new Map<string, string>();
  return files.flatMap((prompt) => {
    const { name, file, mode, content } = prompt;
    const other = first.get(name);
    first.set(name, other ?? file);
    if (other !== undefined) return [{ file, line: 1, message: `Prompt "${name}" is in ${other} already` }];
    if (mode === 'tracking' && !canBeTracked(content))
      return [{ file, line: 1, message: ONLY_TEXT_IS_TRACKED }];
    return templateProblems(prompt);
  });
}

function templateProblems({ file, line, content }: FoundPromptFile): PromptFileProblem[] {
  try {
    // Only the ledger knows which snippets exist.
    if (listPins(content) === null) rendererFor(RENDERER).compile(content);
    return [];
  } catch (error) {
    if (!(error instanceof TemplateInvalidError)) throw error;
    return [{ file, line, message: error.message.replace(/\.$/, '') }];
  }
}

/** Compares the files with the ledger's prompts of the same names. */
export function planImport(files: readonly FoundPromptFile[], existing: readonly Prompt[]): ImportPlan {
  const known = new Map(existing.map((prompt) => [prompt.name, prompt]));
  return {
    imports: files.map((prompt) => ({ prompt, result: describeResult(prompt, known.get(prompt.name)) })),
    problems: files.flatMap((prompt) => findConflicts(prompt, known.get(prompt.name))),
  };
}

function findConflicts(
  { name, file, mode, content }: FoundPromptFile,
  known: Prompt | undefined,
): PromptFileProblem[] {
  if (known === undefined) return [];
  if ((mode ?? 'full') !== known.mode) {
    const there = known.mode === 'full' ? 'full mode' : 'tracking mode';
    return [
      {
        file,
        line: 1,
        message: `Prompt "${name}" is in ${there} in the ledger: say "mode: ${known.mode}", or leave the file out`,
      },
    ];
  }
  if (known.active_version !== null && toContent(known.active_version).kind !== content.kind) {
    return [
      {
        file,
        line: 1,
        message: `Prompt "${name}" is of another kind in the ledger: text stays text, chat stays chat`,
      },
    ];
  }
  return [];
}

/** The file holds no texts of snippets, but their names and numbers identify them. */
function holdsContent(active: Prompt['active_version'], { content }: FoundPromptFile): boolean {
  if (active === null) return false;
  if (active.snippets === undefined) return active.checksum_hash === computeChecksum(content);
  return canonicalJson(contentFields(toContent(active))) === canonicalJson(contentFields(content));
}

function describeResult(file: FoundPromptFile, known: Prompt | undefined): ImportResult {
  if (known === undefined) return 'new';
  if (!holdsContent(known.active_version, file)) return 'changed';
  if (known.retired_at !== null) return 'changed';
  const isSame =
    (file.description ?? known.description) === known.description &&
    (file.description !== null || known.description === null) &&
    (file.ownerTeam ?? known.owner_team) === known.owner_team &&
    (file.ownerTeam !== null || known.owner_team === null) &&
    (file.tags === undefined || JSON.stringify(file.tags) === JSON.stringify(known.tags));
  return isSame ? 'unchanged' : 'metadata';
}
