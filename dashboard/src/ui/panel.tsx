import type { ReactNode } from 'react';
import { classNames } from './text/class-names';

/** A titled part of a screen. */
export function Panel({
  title,
  note,
  aside,
  className,
  children,
}: {
  readonly title: ReactNode;
  /** A subdued note beside the title. */
  readonly note?: ReactNode;
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    <section
      className={classNames(
        'min-w-0 rounded-lg border bg-panel shadow-[0_1px_2px_rgb(0_0_0/.04)]',
        className,
      )}
    >
      <h2 className="m-0 flex min-h-10 flex-wrap items-center gap-x-2 gap-y-1 border-b px-3.5 py-2 text-[12.5px] font-semibold">
        {title}
        {note !== undefined && <span className="font-normal text-ink-3">{note}</span>}
        <span className="grow" />
        {aside}
      </h2>
      {children}
    </section>
  );
}

/** A list of facts, one per line. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return (
    <dl className="m-0 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3.5 gap-y-1.5 px-3.5 py-3">
      {children}
    </dl>
  );
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="m-0 text-right break-words tabular-nums">{children}</dd>
    </>
  );
}
