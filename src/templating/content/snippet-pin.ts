/** One version of a snippet, as a template names it: `snippet/tone@3`. */
export interface SnippetPin {
  readonly name: string;
  readonly versionNumber: number;
}

/** A version of a snippet that a content uses, by itself or through another snippet. In the form of the wire. */
export interface PinnedSnippet {
  readonly name: string;
  readonly version_number: number;
  readonly version_id: string;
  /** Covers the snippets that it uses itself. */
  readonly checksum_hash: string;
  readonly template_source: string;
}

/** 2^31 − 1, as for every number of a version. */
const PIN = /^snippet\/([A-Za-z0-9_\-./]{1,200})@([1-9]\d{0,9})$/;
const MAX_NUMBER = 2_147_483_647;

/** @returns null for what is no `snippet/NAME@NUMBER`. */
export function parseSnippetPin(text: string): SnippetPin | null {
  const [, name = '', digits = ''] = PIN.exec(text) ?? [];
  const versionNumber = Number(digits);
  return name === '' || versionNumber > MAX_NUMBER ? null : { name, versionNumber };
}

/** The same text for the same version: `tone@3`. */
export function snippetKey({ name, versionNumber }: SnippetPin): string {
  return `${name}@${versionNumber}`;
}
