import type { MouseEvent, ReactNode } from 'react';

/**
 * The link to what a row of a list opens. The row itself follows it, so it does not need the router's links, which take
 * longer to render than the rest of a row. A click that asks for another tab is left to the browser.
 */
export function RowLink({
  path,
  title,
  className,
  children,
}: {
  /** The path below `/app`. */
  readonly path: string;
  readonly title?: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) event.stopPropagation();
    else event.preventDefault();
  };
  return (
    <a
      href={`${import.meta.env.BASE_URL.replace(/\/$/, '')}${path}`}
      tabIndex={-1}
      title={title}
      className={className}
      onClick={onClick}
    >
      {children}
    </a>
  );
}
