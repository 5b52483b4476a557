import type { Scorer } from '@prompt-ledger/client';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useDraft } from '../../ui/hooks/use-draft';
import { ScreenBody } from '../../ui/screen';
import { type ScorerDraft, toDraft } from './form/scorer-draft';
import { ScorerForm } from './form/scorer-form';

const route = getRouteApi('/scorers/$name');

/** Writes the next version of a scorer. */
export function ChangeTab({ scorer }: { readonly scorer: Scorer }) {
  const { scorer_id: id, name, kind, latest_version: latest } = scorer;
  const [kept, keep] = useDraft<ScorerDraft>(`scorer ${id}`);
  const [notes, setNotes] = useState<readonly string[]>([]);
  const navigate = route.useNavigate();
  const draft = kept ?? toDraft(kind, latest.definition);
  return (
    <ScreenBody label="Change">
      <ScorerForm
        name={name}
        draft={draft}
        latest={latest.version_number}
        onChange={(change) => keep({ ...draft, ...change })}
        notes={notes}
        onSaved={({ version_change: isNew }, said) => {
          setNotes(said);
          if (isNew) keep(null);
          if (said.length === 0) void navigate({ search: {} });
        }}
        onDiscard={
          kept === null
            ? null
            : () => {
                keep(null);
                setNotes([]);
              }
        }
      />
    </ScreenBody>
  );
}
