import type { ReactNode } from 'react';
import { CopyButton } from './controls/copy-button';

/** Fills an empty screen with the next step, and a command for it. */
export function EmptyState({
  title,
  command,
  action,
  children,
}: {
  readonly title: string;
  readonly command?: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-[640px] flex-col items-center gap-3 px-4 py-12 text-center">
      <h2 className="m-0 text-[15px] font-[620]">{title}</h2>
      <p className="m-0 text-ink-2">{children}</p>
      {command !== undefined && (
        <div className="flex w-full items-start gap-2 text-left">
          <pre className="code-block m-0 min-w-0 grow">{command}</pre>
          <CopyButton text={command} label="Copy the command" />
        </div>
      )}
      {action}
    </div>
  );
}
