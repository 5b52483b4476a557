import { ApiError, type ScorerKind } from '@prompt-ledger/client';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { nameTaken } from '../../api/service-problem';
import { useMay, useMe } from '../../api/use-session';
import { Input, Select } from '../../ui/controls/field';
import { EmptyState } from '../../ui/empty-state';
import { FormField } from '../../ui/form/form';
import { useDraft } from '../../ui/hooks/use-draft';
import { Panel } from '../../ui/panel';
import { Screen, ScreenBody } from '../../ui/screen';
import { visibleText } from '../../ui/text/visible-text';
import { NEW_SCORER, type ScorerDraft } from './form/scorer-draft';
import { SavedNotes } from './form/saved-notes';
import { ScorerForm } from './form/scorer-form';
import { KIND_TITLES } from './kinds';
import { KINDS } from './scorers-search';

interface NewScorer extends ScorerDraft {
  readonly name: string;
}

/** A scorer that was saved with warnings, which somebody should read before they go on. */
interface Saved {
  readonly name: string;
  readonly notes: readonly string[];
}

const EMPTY: NewScorer = { ...NEW_SCORER, name: '' };
const NAME_CODES = ['NAME_TAKEN', 'SCORER_KIND_MISMATCH'];

/** Asks for the name, the kind and the definition of a new scorer. */
export function NewScorerScreen() {
  const mayWrite = useMay('evaluations:write');
  const crumb = (
    <>
      <Link to="/scorers" search={{}} className="text-ink-3 no-underline hover:text-ink">
        Scorers
      </Link>{' '}
      /
    </>
  );
  return (
    <Screen title="New scorer" crumb={crumb}>
      {mayWrite ? (
        <ScreenBody label="New scorer">
          <NewScorerForm />
        </ScreenBody>
      ) : (
        <EmptyState title="Your role may not make scorers">
          Ask an admin of the project for the role of an editor.
        </EmptyState>
      )}
    </Screen>
  );
}

function NewScorerForm() {
  const { project } = useMe();
  const [kept, keep] = useDraft<NewScorer>(`new scorer ${project?.project_id ?? ''}`);
  const [saved, setSaved] = useState<Saved | null>(null);
  const navigate = useNavigate();
  const draft = kept ?? EMPTY;
  const put = (change: Partial<NewScorer>) => keep({ ...draft, ...change });
  if (saved !== null) {
    return (
      <Panel className="max-w-[860px]" title={visibleText(`${saved.name} is saved`)}>
        <div className="p-3.5">
          <SavedNotes name={saved.name} notes={saved.notes} />
        </div>
      </Panel>
    );
  }
  return (
    <ScorerForm
      name={draft.name.trim()}
      draft={draft}
      latest={null}
      onChange={put}
      assertFree={assertFree}
      onSaved={({ scorer: { name } }, notes) => {
        keep(null);
        if (notes.length > 0) setSaved({ name, notes });
        else void navigate({ to: '/scorers/$name', params: { name }, search: {} });
      }}
      onDiscard={kept === null ? null : () => keep(null)}
    >
      <Panel title="What it is">
        <div className="grid gap-3 p-3.5 md:grid-cols-2">
          <FormField label="Name" pointer="/name" codes={NAME_CODES} hint="What it asks, such as faithful">
            {(props) => (
              <Input
                {...props}
                autoFocus
                required
                maxLength={200}
                value={draft.name}
                onChange={({ target }) => put({ name: target.value })}
              />
            )}
          </FormField>
          <FormField label="Judged by" pointer="/kind" hint="A scorer keeps its kind.">
            {(props) => (
              <Select
                {...props}
                className="w-full"
                value={draft.kind}
                onChange={({ target }) => put({ kind: target.value as ScorerKind })}
              >
                {KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {KIND_TITLES[kind]}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
        </div>
      </Panel>
    </ScorerForm>
  );
}

/** Putting an existing scorer would give it a version, which is not the intent of a new scorer. */
async function assertFree(name: string): Promise<void> {
  try {
    await ledger.scorers.get(name);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'SCORER_NOT_FOUND') return;
    throw error;
  }
  throw nameTaken('scorer', name);
}
