import type { PutScorerResult } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { visibleText } from '../../../ui/text/visible-text';

/** Shows the notes of the service about a saved scorer, until somebody has read them. */
export function SavedNotes({ name, notes }: { readonly name: string; readonly notes: readonly string[] }) {
  return (
    <div role="status" className="grid gap-1 rounded-md bg-warn-soft px-3 py-2.5 break-words text-warn">
      {notes.map((note) => (
        <p key={note} className="m-0">
          {visibleText(note)}
        </p>
      ))}
      <Link to="/scorers/$name" params={{ name }} search={{}} className="justify-self-start underline">
        Open the scorer
      </Link>
    </div>
  );
}

/** Lists the notes that somebody should read before they leave the form. @param latest the newest version before; null for none. */
export function listNotes(
  { version: { version_number: number }, version_change: isNew, warnings }: PutScorerResult,
  latest: number | null,
): readonly string[] {
  if (isNew || latest === null) return warnings;
  const same = `Nothing was saved: version ${number} is the same`;
  return [
    number === latest ? `${same}.` : `${same}, and version ${latest} stays the newest, which is used.`,
    ...warnings,
  ];
}
