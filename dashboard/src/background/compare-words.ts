import { type ChangeObject, diffLines, diffWordsWithSpace } from 'diff';

export interface DiffPart {
  readonly kind: 'same' | 'added' | 'removed';
  readonly value: string;
}

/** A slower comparison falls back to lines, because a comparison by word would block the page. */
const WORDS_LIMIT_MS = 150;

/** Returns the changes from one text to another, by word. Merges changes with only a space between them. */
export function compareWords(before: string, after: string): readonly DiffPart[] {
  const changes = diffWordsWithSpace(before, after, { timeout: WORDS_LIMIT_MS }) ?? diffLines(before, after);
  const parts: DiffPart[] = [];
  let removed = '';
  let added = '';
  const flush = () => {
    if (removed !== '') parts.push({ kind: 'removed', value: removed });
    if (added !== '') parts.push({ kind: 'added', value: added });
    removed = added = '';
  };
  changes.forEach((change, at) => {
    if (change.removed) removed += change.value;
    else if (change.added) added += change.value;
    else if (isBetweenReplacements(changes, at, removed !== '' && added !== '')) {
      removed += change.value;
      added += change.value;
    } else {
      flush();
      parts.push({ kind: 'same', value: change.value });
    }
  });
  flush();
  return parts;
}

function isBetweenReplacements(
  changes: readonly ChangeObject<string>[],
  at: number,
  isReplacing: boolean,
): boolean {
  const next = changes[at + 1];
  return (
    isReplacing && /^ +$/.test(changes[at]?.value ?? '') && next !== undefined && (next.added || next.removed)
  );
}
