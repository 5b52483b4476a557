import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { session } from '../../api/session';
import { Button, buttonClass } from '../../ui/controls/button';
import { Field, Input } from '../../ui/controls/field';
import { Problem } from '../../ui/problem';

const hasProvider = document.querySelector<HTMLMetaElement>('meta[name="sign-in"]')?.content === 'provider';

/** Signs in with the identity provider, where there is one, or with a key. */
export function SignInForm({ onDone }: { readonly onDone: () => void }) {
  const [key, setKey] = useState('');
  const signIn = useMutation({ mutationFn: (apiKey: string) => session.signIn(apiKey), onSuccess: onDone });
  const returnTo = encodeURIComponent(window.location.pathname + window.location.search);
  return (
    <div className="grid gap-4">
      {hasProvider && (
        <>
          <a href={`/auth/login?return_to=${returnTo}`} className={buttonClass('primary')}>
            Sign in with your identity provider
          </a>
          <p className="m-0 text-center text-[12px] text-ink-3">or with a key</p>
        </>
      )}
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate(key.trim());
        }}
      >
        <Field
          label="API key"
          hint="A key of a project, or that of the instance. It is sent once and not kept here."
        >
          {(id) => (
            <Input
              id={id}
              type="password"
              autoFocus={!hasProvider}
              autoComplete="current-password"
              required
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          )}
        </Field>
        {signIn.isError && <Problem error={signIn.error} />}
        <Button
          type="submit"
          tone={hasProvider ? 'plain' : 'primary'}
          disabled={signIn.isPending || key.trim() === ''}
        >
          Sign in
        </Button>
      </form>
    </div>
  );
}
