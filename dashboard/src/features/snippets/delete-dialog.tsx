import type { SnippetUse } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { FormDialog } from '../../ui/form/form-dialog';
import { Problem } from '../../ui/problem';
import { visibleText } from '../../ui/text/visible-text';
import { say } from '../../ui/toasts';

/** Deletes a snippet, or says what uses it, because the service then refuses. */
export function DeleteDialog({
  name,
  onDone,
  onClose,
}: {
  readonly name: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const users = useQuery({
    queryKey: ['snippets', 'users', name],
    queryFn: async ({ signal }) =>
      listUsers(name, (await ledger.snippets.usage(name, { limit: 200 }, { signal })).usage),
    staleTime: 0,
  });
  const deleting = useMutation({
    mutationFn: async () => ledger.snippets.delete(name),
    onSuccess: () => {
      say(`Snippet ${name} is gone.`);
      onDone();
    },
    // Somebody may have started to use it since.
    onError: () => users.refetch(),
  });
  const isUsed = users.data !== undefined && users.data.length > 0;
  return (
    <FormDialog
      title={`Delete ${name}?`}
      action="Delete the snippet"
      tone="danger"
      error={deleting.error}
      isPending={deleting.isPending}
      isReady={!isUsed && !users.isFetching}
      onSubmit={() => deleting.mutate()}
      onClose={onClose}
    >
      {users.error !== null && <Problem error={users.error} onRetry={() => void users.refetch()} />}
      {isUsed ? (
        <div className="grid gap-2 text-ink-2">
          <p className="m-0">
            It is in use, so it cannot be deleted. Every version of a prompt counts, because it may run again.
            First delete what uses it:
          </p>
          <ul className="m-0 grid max-h-[30vh] list-none gap-1 overflow-auto p-0" aria-label="What uses it">
            {users.data.map(({ kind, name: user }) => (
              <li key={`${kind} ${user}`} className="break-words">
                {kind}{' '}
                <Link
                  to={kind === 'prompt' ? '/prompts/$name' : '/snippets/$name'}
                  params={{ name: user }}
                  search={{}}
                  className="text-accent"
                >
                  {visibleText(user)}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <p className="m-0 text-ink-2">
          Its name will be free again. {users.data === undefined ? '' : 'Nothing uses it.'}
        </p>
      )}
    </FormDialog>
  );
}

/** Returns each other prompt or snippet once. The snippet's own versions are deleted along with it. */
function listUsers(name: string, uses: readonly SnippetUse[]): readonly Pick<SnippetUse, 'kind' | 'name'>[] {
  const users = uses.filter((use) => use.kind === 'prompt' || use.name !== name);
  return [...new Map(users.map((use) => [`${use.kind} ${use.name}`, use])).values()];
}
