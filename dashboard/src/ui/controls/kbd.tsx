import type { ReactNode } from 'react';
import { classNames } from '../text/class-names';

/** A key of the keyboard. */
export function Kbd({
  isOnAccent = false,
  children,
}: {
  readonly isOnAccent?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <kbd
      className={classNames(
        'rounded-[5px] border px-1.5 font-mono text-[11px] leading-[17px]',
        isOnAccent ? 'border-current' : 'border-b-2 bg-panel text-ink-3',
      )}
    >
      {children}
    </kbd>
  );
}

/** `⌘` on Apple's machines, otherwise `Ctrl `. */
export const MOD = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl ';
