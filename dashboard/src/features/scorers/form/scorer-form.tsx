import type { PutScorerResult } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { Button } from '../../../ui/controls/button';
import { Kbd, MOD } from '../../../ui/controls/kbd';
import { Form } from '../../../ui/form/form';
import { useHotkey } from '../../../ui/hooks/use-hotkey';
import { Panel } from '../../../ui/panel';
import { say } from '../../../ui/toasts';
import { DefinitionFields } from './definition-fields';
import { listNotes, SavedNotes } from './saved-notes';
import { isComplete, readDraft, type ScorerDraft } from './scorer-draft';

/** Writes the definition of a scorer and saves it as a version. */
export function ScorerForm({
  name,
  draft,
  latest,
  onChange,
  assertFree,
  notes = [],
  onSaved,
  onDiscard,
  children,
}: {
  readonly name: string;
  readonly draft: ScorerDraft;
  /** The newest version so far; null for a new scorer. */
  readonly latest: number | null;
  readonly onChange: (change: Partial<ScorerDraft>) => void;
  /** Refuses a name that cannot be given to a new scorer. */
  readonly assertFree?: (name: string) => Promise<void>;
  /** Shown until the next save. */
  readonly notes?: readonly string[];
  readonly onSaved: (result: PutScorerResult, notes: readonly string[]) => void;
  /** Null while nothing was typed. */
  readonly onDiscard: (() => void) | null;
  /** Asks for what is not part of the definition. */
  readonly children?: ReactNode;
}) {
  const save = useMutation({
    mutationFn: async () => {
      const definition = readDraft(draft);
      await assertFree?.(name);
      return ledger.scorers.put(name, definition);
    },
    onSuccess: async (result) => {
      await queryClient.invalidateQueries({ queryKey: ['scorers'] });
      if (result.version_change)
        say(`Version ${result.version.version_number} of ${result.scorer.name} is saved.`);
      onSaved(result, listNotes(result, latest));
    },
  });
  const isReady = name !== '' && isComplete(draft) && !save.isPending;
  useHotkey('s', () => {
    if (isReady) save.mutate();
  });
  return (
    <Form error={save.error} className="max-w-[860px] gap-3.5!" onSubmit={() => isReady && save.mutate()}>
      {children}
      <Panel title="Definition">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3 p-3.5">
          <DefinitionFields draft={draft} onChange={onChange} />
        </div>
      </Panel>
      {notes.length > 0 && <SavedNotes name={name} notes={notes} />}
      <div className="flex items-center gap-2">
        <Button type="submit" tone="primary" disabled={!isReady}>
          {latest === null ? 'Make the scorer' : 'Save version'} <Kbd isOnAccent>{MOD}S</Kbd>
        </Button>
        {onDiscard !== null && (
          <Button tone="ghost" onClick={onDiscard}>
            Discard what I typed
          </Button>
        )}
      </div>
    </Form>
  );
}
