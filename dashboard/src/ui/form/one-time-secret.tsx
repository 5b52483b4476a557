import type { ReactNode } from 'react';
import { Button } from '../controls/button';
import { CopyButton } from '../controls/copy-button';
import { Dialog } from '../dialog';

/** Shows a secret that cannot be read again. Only its button closes it, so that no stray key or click loses it. */
export function OneTimeSecret({
  title,
  secret,
  onClose,
  children,
}: {
  readonly title: string;
  readonly secret: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Dialog title={title} isOpen isSticky onClose={onClose}>
      <div className="grid gap-3">
        <div className="text-ink-2">{children}</div>
        <Secret text={secret} />
        <div className="flex justify-end">
          <Button tone="primary" onClick={onClose}>
            I have kept it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** A secret with a button that copies it. */
export function Secret({ text }: { readonly text: string }) {
  return (
    <div className="flex items-start gap-2">
      <code className="code-block min-w-0 grow" aria-label="The secret">
        {text}
      </code>
      <CopyButton text={text} label="Copy the secret" />
    </div>
  );
}
