import type { PromptContent } from '../../templating/index.js';

/** A place in a file, for people and for annotations. */
export interface CodePlace {
  /** The path from the root of the repository, with forward slashes. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A prompt as written in the code. */
export interface CodePrompt extends CodePlace {
  readonly name: string;
  readonly content: PromptContent;
  /** Undefined when the code leaves it out: then the ledger keeps its value. */
  readonly description?: string | null;
  readonly ownerTeam?: string | null;
  readonly tags?: readonly string[];
}

/** A part of the code that could not be read, described in one sentence. */
export interface CodeProblem extends CodePlace {
  readonly message: string;
}

/** The prompts and problems of one file. */
export interface FileContents {
  readonly prompts: readonly CodePrompt[];
  readonly problems: readonly CodeProblem[];
}
