import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { queryClient } from '../api/query-client';
import { session } from '../api/session';
import { useSession } from '../api/use-session';
import { SignInForm } from '../features/sign-in';
import { Dialog } from '../ui/dialog';
import { Problem } from '../ui/problem';
import { Toasts } from '../ui/toasts';
import { Brand } from './brand';
import { nonce } from '../ui/nonce';
import { router } from './router';

export function App() {
  return (
    <CSPProvider nonce={nonce}>
      <QueryClientProvider client={queryClient}>
        <Gate />
        <Toasts />
      </QueryClientProvider>
    </CSPProvider>
  );
}

/**
 * Shows the app to somebody who is signed in. If the session ends, the sign-in appears in front of the screen, which keeps
 * what was typed.
 */
function Gate() {
  const { me, isOver } = useSession();
  const [error, setError] = useState<unknown>(null);
  const load = () => {
    setError(null);
    session.load().catch(setError);
  };
  useEffect(load, []);
  if (me === null && isOver) {
    return (
      <Alone>
        <SignInForm onDone={() => void queryClient.resetQueries()} />
      </Alone>
    );
  }
  if (me === null) return error === null ? null : <Alone>{<Problem error={error} onRetry={load} />}</Alone>;
  return (
    <>
      <RouterProvider router={router} />
      <Dialog title="Your session has ended. Sign in to go on." isOpen={isOver} onClose={() => undefined}>
        <SignInForm onDone={() => void queryClient.invalidateQueries()} />
      </Dialog>
    </>
  );
}

function Alone({ children }: { readonly children: React.ReactNode }) {
  return (
    <main className="mx-auto flex min-h-full max-w-[380px] flex-col justify-center gap-4 px-4 py-10">
      <h1 className="m-0 flex items-center gap-2 text-[17px] font-[650]">
        <Brand size={22} /> Prompt Ledger
      </h1>
      <div className="rounded-lg border bg-panel p-4 shadow-[0_1px_2px_rgb(0_0_0/.04)]">{children}</div>
    </main>
  );
}
