import type { ReactNode } from 'react';

/** The row of tabs below a screen's head; each is a link. */
export function Tabs({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <nav aria-label={label} className="flex flex-none gap-4 overflow-x-auto border-b px-4 md:px-5">
      {children}
    </nav>
  );
}

export const TAB_CLASS =
  'border-b-2 border-transparent py-2 whitespace-nowrap text-ink-2 no-underline hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-[560] aria-[current=page]:text-ink';
