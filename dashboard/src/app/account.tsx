import { useMutation } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { queryClient } from '../api/query-client';
import { session } from '../api/session';
import { useMe } from '../api/use-session';
import { Button } from '../ui/controls/button';
import { Problem } from '../ui/problem';

const KINDS = { person: 'Person', service: 'Service account', key: 'A key', instance: 'The instance' };

/** Shows who is signed in, with their role, and signs them out. */
export function Account() {
  const { kind, email, role } = useMe();
  const signOut = useMutation({
    mutationFn: () => session.signOut(),
    onSuccess: () => queryClient.clear(),
  });
  return (
    <div className="grid gap-2 md:mt-1">
      {signOut.isError && <Problem error={signOut.error} />}
      <div className="flex items-center gap-1 md:px-2">
        <div className="hidden min-w-0 grow md:block">
          <div className="truncate text-ink-2">{email ?? KINDS[kind]}</div>
          {role !== null && <div className="text-[12px] text-ink-3">{role}</div>}
        </div>
        <Button tone="ghost" title="Sign out" aria-label="Sign out" onClick={() => signOut.mutate()}>
          <LogOut size={15} aria-hidden />
        </Button>
      </div>
    </div>
  );
}
