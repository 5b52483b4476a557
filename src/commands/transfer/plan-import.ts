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

/** `metadata`: the text is as it was, and what is said about the prompt is not. */
export type ImportResult = 'new' | 'changed' | 'metadata' | 'unchanged';

export interface PlannedImport {
  readonly prompt: FoundPromptFile;
  readonly result: ImportResult;
}

export interface ImportPlan {
  readonly imports: readonly PlannedImport[];
  /** With one of these nothing is written. */
  readonly problems: readonly PromptFileProblem[];
}

/** Finds faults that files alone show: names that stand there twice, templates that do not parse, chat prompts that shall be tracked. */
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
    // Which snippets there are is known to the ledger only.
    if (listPins(content) === null) rendererFor(RENDERER).compile(content);
    return [];
  } catch (error) {
    if (!(error instanceof TemplateInvalidError)) throw error;
    return [{ file, line, message: error.message.replace(/\.$/, '') }];
  }
}

/** The files against what the ledger has under their names. */
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

/** The texts of snippets are not in the file; their names and numbers are, and identify them. */
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
