import { createTwoFilesPatch } from 'diff';
import type { CodePrompt } from '../code/code-prompt.js';

/** What the ledger has of a prompt that lives in code. */
export interface TrackedPrompt {
  readonly name: string;
  readonly mode: 'full' | 'tracking';
  /** Null when none is active. */
  readonly active: { readonly versionNumber: number; readonly template: string } | null;
}

/** `full`: managed in the ledger by now, so that the code's text counts no more. */
export type PromptState = 'same' | 'changed' | 'new' | 'missing' | 'full';

/** One prompt, in the code and in the ledger. */
export interface Comparison {
  readonly name: string;
  readonly state: PromptState;
  /** Null when the code does not have it. */
  readonly file: string | null;
  readonly line: number | null;
  /** Null when the ledger has none. */
  readonly active_version: number | null;
  /** A unified diff from the ledger's text to the code's; null when there is nothing to change. */
  readonly diff: string | null;
}

/** A prompt of the code against the ledger's, if it has one of this name. */
export function compareInCode(code: CodePrompt, tracked: TrackedPrompt | undefined): Comparison {
  const { name, file, line } = code;
  const active = tracked?.active ?? null;
  const common = { name, file, line, active_version: active?.versionNumber ?? null };
  if (tracked?.mode === 'full') return { ...common, state: 'full', diff: null };
  if (active?.template === code.template) return { ...common, state: 'same', diff: null };
  const state = active === null ? 'new' : 'changed';
  return { ...common, state, diff: unifiedDiff(name, tracked ?? null, code) };
}

/** A prompt that the ledger tracks and the code has no more. */
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

function unifiedDiff(name: string, tracked: TrackedPrompt | null, code: CodePrompt | null): string {
  const active = tracked?.active ?? null;
  const from = active === null ? '/dev/null' : `${name} (ledger, version ${active.versionNumber})`;
  const to = code === null ? '/dev/null' : `${name} (${code.file}:${code.line})`;
  const patch = createTwoFilesPatch(
    from,
    to,
    active?.template ?? '',
    code?.template ?? '',
    undefined,
    undefined,
    {
      context: 3,
    },
  );
  return patch.replace(/^=+\n/, '').replace(/\n$/, '');
}
