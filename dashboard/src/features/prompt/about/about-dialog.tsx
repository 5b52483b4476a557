import type { Prompt } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useTeamsWith } from '../../../api/use-session';
import { Input, TextArea } from '../../../ui/controls/field';
import { EditDialog } from '../../../ui/form/edit-dialog';
import { FormField } from '../../../ui/form/form';
import { toDraft, writeDraft } from '../draft';
import { refreshPrompts, versionQuery } from '../prompt-queries';
import { type AboutDraft, readAboutChanges, toAboutDraft } from './about-draft';

/** Changes what is known about a prompt, but none of its versions. */
export function AboutDialog({
  prompt,
  newest,
  onClose,
}: {
  readonly prompt: Prompt;
  /** The number of the newest version. */
  readonly newest: number;
  readonly onClose: () => void;
}) {
  const { name } = prompt;
  const teams = useTeamsWith('prompts:write');
  const [draft, setDraft] = useState<AboutDraft>(() => toAboutDraft(prompt));
  const put = (change: Partial<AboutDraft>) => setDraft((before) => ({ ...before, ...change }));
  const changes = readAboutChanges(draft, prompt);
  const save = async () => {
    // The API takes these facts with a content. A content that the prompt already has makes no version.
    const version = await queryClient.query(versionQuery(name, newest));
    return ledger.prompts.put(name, { ...writeDraft(toDraft(version)).content, ...changes });
  };
  return (
    <EditDialog
      title={`About ${name}`}
      action="Save it"
      isReady={Object.keys(changes).length > 0}
      save={save}
      done={() => `${name} is saved. It has the same versions as before.`}
      onDone={() => {
        onClose();
        void refreshPrompts();
      }}
      onClose={onClose}
    >
      <FormField label="Description" pointer="/description">
        {(props) => (
          <TextArea
            {...props}
            autoFocus
            rows={3}
            maxLength={10_000}
            value={draft.description}
            onChange={({ target }) => put({ description: target.value })}
          />
        )}
      </FormField>
      <FormField
        label="Owner"
        pointer="/owner_team"
        hint={teams.length === 0 ? 'The team that answers for it' : `One of yours: ${teams.join(', ')}`}
      >
        {(props) => (
          <Input
            {...props}
            maxLength={200}
            value={draft.team}
            onChange={({ target }) => put({ team: target.value })}
          />
        )}
      </FormField>
      <FormField label="Tags" pointer="/tags" hint="Separated by commas">
        {(props) => (
          <Input {...props} value={draft.tags} onChange={({ target }) => put({ tags: target.value })} />
        )}
      </FormField>
    </EditDialog>
  );
}
