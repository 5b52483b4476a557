import type { Prompt, PromptEnvironment } from '@prompt-ledger/client';
import { useNavigate } from '@tanstack/react-router';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useMe } from '../../../api/use-session';
import { ConfirmDialog } from '../../../ui/form/confirm-dialog';
import { useDraft } from '../../../ui/hooks/use-draft';
import { visibleText } from '../../../ui/text/visible-text';
import { toDraftKey } from '../draft';
import { refreshPrompts } from '../prompt-queries';

/** Deletes a prompt, after it has said where the prompt runs and what becomes of the rest. */
export function DeleteDialog({
  prompt: { name, mode },
  pointers,
  onClose,
}: {
  readonly prompt: Prompt;
  readonly pointers: readonly PromptEnvironment[];
  readonly onClose: () => void;
}) {
  const { project } = useMe();
  const isGuarded = pointers.some(({ protected: isProtected }) => isProtected);
  const [, keep] = useDraft(toDraftKey(project, name));
  const navigate = useNavigate();
  const leave = async () => {
    // A prompt that takes the name later must not begin with this one's draft, or show its versions.
    keep(null);
    await navigate({ to: '/prompts', search: {} });
    queryClient.removeQueries({
      predicate: ({ queryKey: [kind, , of] }) => kind === 'prompts' && of === name,
    });
    await Promise.all([refreshPrompts(), queryClient.invalidateQueries({ queryKey: ['rollouts'] })]);
  };
  return (
    <ConfirmDialog
      title={`Delete ${name}?`}
      action="Delete the prompt"
      done={`Prompt ${name} is gone.`}
      run={() => ledger.prompts.delete(name)}
      onDone={() => void leave()}
      onClose={onClose}
    >
      <ul className="m-0 grid list-disc gap-1.5 pl-4">
        <li>
          {pointers.length === 0
            ? 'It runs in no environment. '
            : `It runs now: ${pointers.map(writePointer).join(', ')}. `}
          Requests that name it are refused at once.
        </li>
        {isGuarded && (
          <li>
            A protected environment runs it, so only somebody who may change environments can delete it.
          </li>
        )}
        <li>Its rollouts stop, and its open changes can no longer be applied.</li>
        <li>Its versions and executions stay: they can be read by their ids, and its costs still count.</li>
        <li>
          {mode === 'tracking'
            ? 'The name is free again: code that still has it makes a new prompt when it is registered.'
            : 'The name is free again. A new prompt of this name begins at version 1.'}
        </li>
      </ul>
    </ConfirmDialog>
  );
}

function writePointer({ environment, version_number: version }: PromptEnvironment): string {
  return `${environment === 'default' ? 'active' : visibleText(environment)} v${version}`;
}
