import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { nameTaken } from '../../api/service-problem';
import { useMe } from '../../api/use-session';
import { Input, TextArea } from '../../ui/controls/field';
import { FormField } from '../../ui/form/form';
import { FormDialog } from '../../ui/form/form-dialog';
import { NAME_PATTERN } from '../../ui/text/name-pattern';
import { say } from '../../ui/toasts';
import { refreshSnippets } from './snippet-queries';

/** Writes the first version of a new snippet, and opens it. */
export function NewSnippetDialog({ onClose }: { readonly onClose: () => void }) {
  const { email } = useMe();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [template, setTemplate] = useState('');
  const [message, setMessage] = useState('');
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: async () => {
      await assertFree(name);
      return ledger.snippets.put(name, {
        template_source: template,
        description: description.trim() || null,
        commit_message: message.trim() || null,
        ...(email === null ? {} : { created_by: email }),
      });
    },
    onSuccess: async ({ snippet }) => {
      say(`${snippet.name} has its first version.`);
      await refreshSnippets();
      onClose();
      await navigate({ to: '/snippets/$name', params: { name: snippet.name }, search: {} });
    },
  });
  return (
    <FormDialog
      title="New snippet"
      action="Save the snippet"
      error={make.error}
      isPending={make.isPending}
      isReady={NAME_PATTERN.test(name) && template !== ''}
      onSubmit={() => make.mutate()}
      onClose={onClose}
    >
      <FormField
        label="Name"
        pointer="/name"
        hint={
          name !== '' && !NAME_PATTERN.test(name)
            ? 'Letters, digits, _ - . and /; at most 200.'
            : 'Templates use it as snippet/NAME@1'
        }
      >
        {(props) => (
          <Input
            {...props}
            autoFocus
            required
            maxLength={200}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </FormField>
      <FormField label="Description" pointer="/description">
        {(props) => (
          <Input
            {...props}
            maxLength={10_000}
            value={description}
            onChange={({ target }) => setDescription(target.value)}
          />
        )}
      </FormField>
      <FormField
        label="Text"
        pointer="/template_source"
        hint="Liquid. It sees only the arguments that a template passes, such as {{audience}}."
      >
        {(props) => (
          <TextArea
            {...props}
            required
            rows={8}
            className="mono"
            value={template}
            onChange={({ target }) => setTemplate(target.value)}
          />
        )}
      </FormField>
      <FormField label="Message of the first version" pointer="/commit_message">
        {(props) => (
          <Input
            {...props}
            maxLength={2_000}
            value={message}
            onChange={({ target }) => setMessage(target.value)}
          />
        )}
      </FormField>
    </FormDialog>
  );
}

/** Putting an existing snippet would add a version to it, which is not the intent of a new one. */
async function assertFree(name: string): Promise<void> {
  const { snippets } = await ledger.snippets.list({ q: name, limit: 1 });
  if (snippets[0]?.name === name) throw nameTaken('snippet', name);
}
