/** One version of a snippet as a template names it: `snippet/tone@3`. */
export interface SnippetPin {
  readonly name: string;
  readonly versionNumber: number;
}

/** A version of a snippet that a content uses, directly or through another snippet. In wire form. */
export interface PinnedSnippet {
  readonly name: string;
  readonly version_number: number;
  readonly version_id: string;
  /** Covers the snippets that this snippet uses itself. */
  readonly checksum_hash: string;
  readonly template_source: string;
}

/** 2^31 − 1, the limit for every version number. */
const PIN = /^snippet\/([A-Za-z0-9_\-./]{1,200})@([1-9]\d{0,9})$/;
const MAX_NUMBER = 2_147_483_647;

/** @returns null for a text that is not `snippet/NAME@NUMBER`. */
export function parseSnippetPin(text: string): SnippetPin | null {
  const [, name = '', digits = ''] = PIN.exec(text) ?? [];
  const versionNumber = Number(digits);
  return name === '' || versionNumber > MAX_NUMBER ? null : { name, versionNumber };
}

/** Returns the key of a version, such as `tone@3`. */
export function snippetKey({ name, versionNumber }: SnippetPin): string {
  return `${name}@${versionNumber}`;
}
