/** A place in a file, for people and for annotations. */
export interface CodePlace {
  /** As seen from the root of the repository, with forward slashes. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A prompt as the code has it. */
export interface CodePrompt extends CodePlace {
  readonly name: string;
  readonly template: string;
}

/** Something that could not be read, in one sentence. */
export interface CodeProblem extends CodePlace {
  readonly message: string;
}

/** An export of another module that is passed on: its own file has to be looked through too. */
export interface PassedOnExports extends CodePlace {
  /** As it is written, such as `./mails.js`. */
  readonly specifier: string;
}

/** What one file holds. */
export interface FileContents {
  readonly prompts: readonly CodePrompt[];
  readonly problems: readonly CodeProblem[];
  readonly passedOn: readonly PassedOnExports[];
}
