import type { PromptContent } from '../../templating/index.js';

/** A prompt as a file `<name>.prompt.md` holds it: its fields as YAML front matter, and its text below. */
export interface PromptFile {
  /** Null when the file's own name is the name. */
  readonly name: string | null;
  /** Undefined when the file leaves it out: then the ledger keeps its value. */
  readonly description?: string | null;
  readonly ownerTeam?: string | null;
  readonly tags?: readonly string[];
  /** Null where the file does not say. */
  readonly mode: PromptFileMode | null;
  readonly content: PromptContent;
  /** The line on which the text begins, counted from 1. */
  readonly line: number;
}

export type PromptFileMode = 'full' | 'tracking';

/** The suffix of prompt file names. */
export const PROMPT_FILE_SUFFIX = '.prompt.md';

/** Registrations carry nothing else. */
export const ONLY_TEXT_IS_TRACKED =
  'A prompt with tools cannot be tracked: only texts and messages can, with schemas of their variables and answers';

/** Whether a content has only texts, and perhaps schemas of their variables and answers. */
export function canBeTracked({ extras }: PromptContent): boolean {
  const { variablesSchema: _, responseFormat: __, ...others } = extras ?? {};
  return Object.keys(others).length === 0;
}

/** A file that cannot be imported, with the reason in one sentence. */
export class PromptFileError extends Error {
  constructor(
    /** Counted from 1. */
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}
