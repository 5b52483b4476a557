import { type ReactNode, useEffect } from 'react';

/** The head of a screen and its content. */
export function Screen({
  title,
  crumb,
  chips,
  actions,
  tabs,
  children,
}: {
  readonly title: string;
  readonly crumb?: ReactNode;
  readonly chips?: ReactNode;
  readonly actions?: ReactNode;
  readonly tabs?: ReactNode;
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Prompt Ledger`;
  }, [title]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex min-h-[54px] flex-none flex-wrap items-center gap-x-2.5 gap-y-2 border-b px-4 py-2.5 md:px-5">
        {crumb !== undefined && <span className="text-ink-3">{crumb}</span>}
        <h1 className="m-0 min-w-0 text-[15px] font-[620] break-words">{title}</h1>
        {chips}
        <div className="grow" />
        <div className="flex flex-wrap items-center gap-2">{actions}</div>
      </header>
      {tabs}
      {children}
    </div>
  );
}

/** The scrolling part of a screen, which the keyboard can reach. */
export function ScreenBody({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="min-h-0 grow overflow-auto px-4 py-4 md:px-5"
    >
      {children}
    </div>
  );
}
