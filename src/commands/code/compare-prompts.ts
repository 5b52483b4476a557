import { isDeepStrictEqual } from 'node:util';
import { createTwoFilesPatch } from 'diff';
import { computeChecksum, type PromptContent } from '../../templating/index.js';
import type { CodePrompt } from './code-prompt.js';
import { contentText } from './content-text.js';

/** A prompt of the code as the ledger knows it. */
export interface TrackedPrompt {
  readonly name: string;
  readonly mode: 'full' | 'tracking';
  readonly isRetired: boolean;
  /** Null when none is active. */
  readonly active: {
    readonly versionNumber: number;
    readonly checksumHash: string;
    readonly content: PromptContent;
  } | null;
}

/** A tracked prompt with its description, owner and tags. */
export interface DescribedPrompt extends TrackedPrompt {
  readonly description: string | null;
  readonly ownerTeam: string | null;
  readonly tags: readonly string[];
}

/**
 * `metadata`: the text is the same, but its description, owner or tags differ. `retired`: the ledger considers the prompt gone,
 * but the code has it. `full`: the ledger now manages the prompt, so the code's text no longer counts.
 */
export type PromptState = 'same' | 'changed' | 'metadata' | 'new' | 'retired' | 'missing' | 'full';

/** One prompt, in the code and in the ledger. */
export interface Comparison {
  readonly name: string;
  readonly state: PromptState;
  /** Null when the code does not have it. */
  readonly file: string | null;
  readonly line: number | null;
  /** Null when the ledger has none. */
  readonly active_version: number | null;
  /** A unified diff from the ledger's text to the code's; null when the texts are the same. */
  readonly diff: string | null;
}

/** Compares a prompt of the code with the ledger's prompt of that name, if there is one. */
export function compareInCode(code: CodePrompt, tracked: DescribedPrompt | undefined): Comparison {
  const { name, file, line } = code;
  const active = tracked?.active ?? null;
  const common = { name, file, line, active_version: active?.versionNumber ?? null };
  if (tracked?.mode === 'full') return { ...common, state: 'full', diff: null };
  const isSame = active?.checksumHash === computeChecksum(code.content);
  const diff = isSame ? null : unifiedDiff(name, tracked ?? null, code);
  if (tracked === undefined || active === null) return { ...common, state: 'new', diff };
  if (tracked.isRetired) return { ...common, state: 'retired', diff };
  if (!isSame) return { ...common, state: 'changed', diff };
  return { ...common, state: saysTheSame(code, tracked) ? 'same' : 'metadata', diff };
}

/** Describes a prompt that the ledger tracks and the code no longer has. */
export function compareMissing(tracked: TrackedPrompt): Comparison {
  return {
    name: tracked.name,
    state: 'missing',
    file: null,
    line: null,
    active_version: tracked.active?.versionNumber ?? null,
    diff: unifiedDiff(tracked.name, tracked, null),
  };
}

/** Fields that the code leaves out are not compared. */
function saysTheSame(code: CodePrompt, tracked: DescribedPrompt): boolean {
  const { description = tracked.description, ownerTeam = tracked.ownerTeam, tags = tracked.tags } = code;
  const isSame = description === tracked.description && ownerTeam === tracked.ownerTeam;
  return isSame && isDeepStrictEqual(tags, tracked.tags);
}

function unifiedDiff(name: string, tracked: TrackedPrompt | null, code: CodePrompt | null): string {
  const active = tracked?.active ?? null;
  const from = active === null ? '/dev/null' : `${name} (ledger, version ${active.versionNumber})`;
  const to = code === null ? '/dev/null' : `${name} (${code.file}:${code.line})`;
  const before = active === null ? '' : contentText(active.content);
  const after = code === null ? '' : contentText(code.content);
  const patch = createTwoFilesPatch(from, to, before, after, undefined, undefined, { context: 3 });
  return patch.replace(/^=+\n/, '').replace(/\n$/, '');
}
