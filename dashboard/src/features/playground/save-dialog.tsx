import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { compactJson } from '../../api/json-text';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';
import { useMe } from '../../api/use-session';
import { ask } from '../../background/ask';
import { Field, Input } from '../../ui/controls/field';
import { Dialog } from '../../ui/dialog';
import { DialogActions } from '../../ui/dialog-actions';
import { addSnippets } from '../../ui/editor/add-snippets';
import { Problem } from '../../ui/problem';
import { say } from '../../ui/toasts';
import { contentKey, contentOfVariant, settingsOfVariant, type Variant } from './variants/variant';
import { NAME_PATTERN } from '../../ui/text/name-pattern';

/** Saves a variant as a version: a draft, which nothing runs until it is activated or promoted. */
export function SaveDialog({
  variant,
  onSaved,
  onClose,
}: {
  readonly variant: Variant;
  readonly onSaved: (variant: Variant) => void;
  readonly onClose: () => void;
}) {
  const { email } = useMe();
  const [name, setName] = useState(variant.origin?.prompt ?? '');
  const [commitMessage, setCommitMessage] = useState('');
  const saving = useMutation({
    mutationFn: async () => {
      const content = contentOfVariant(variant);
      await ask('compile', [await addSnippets(compactJson(content))]);
      const { version } = await ledger.prompts.put(name, {
        ...content,
        settings: settingsOfVariant(variant),
        commit_message: commitMessage.trim() === '' ? null : commitMessage.trim(),
        ...(email === null ? {} : { created_by: email }),
      });
      return { content, number: version.version_number };
    },
    onSuccess: ({ content, number }) => {
      say(`Saved as version ${number} of ${name}.`);
      void queryClient.invalidateQueries({ queryKey: ['prompts'] });
      onSaved({ ...variant, origin: { prompt: name, version: number, content: contentKey(content) } });
      onClose();
    },
  });
  return (
    <Dialog title="Save as a version" isOpen onClose={onClose}>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <Field
          label="Prompt"
          hint={
            name !== '' && !NAME_PATTERN.test(name)
              ? 'Letters, digits, _ - . and /; at most 200.'
              : 'A prompt that is there gets another version; a new name makes a prompt.'
          }
        >
          {(id) => <Input id={id} autoFocus value={name} onChange={({ target }) => setName(target.value)} />}
        </Field>
        <Field label="What changes, and why">
          {(id) => (
            <Input
              id={id}
              maxLength={2_000}
              value={commitMessage}
              onChange={({ target }) => setCommitMessage(target.value)}
            />
          )}
        </Field>
        <p className="m-0 text-[12px] text-ink-3">
          It is a draft: nothing runs it until it is activated or promoted. Model and params are kept with it.
        </p>
        {saving.isError && <Problem error={saving.error} />}
        <DialogActions disabled={!NAME_PATTERN.test(name) || saving.isPending} onClose={onClose}>
          Save version
        </DialogActions>
      </form>
    </Dialog>
  );
}
