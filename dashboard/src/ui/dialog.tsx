import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { classNames } from './text/class-names';

/** Asks for something before it continues. Escape and a click outside close it. */
export function Dialog({
  title,
  isOpen,
  isSticky = false,
  isWide = false,
  onClose,
  children,
}: {
  readonly title: string;
  readonly isOpen: boolean;
  /** Whether Escape and a click outside leave it open. */
  readonly isSticky?: boolean;
  readonly isWide?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && !isSticky && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-20 bg-black/40" />
        <Base.Popup
          className={classNames(
            'fixed top-[10vh] left-1/2 z-30 max-h-[82vh] -translate-x-1/2 overflow-auto rounded-lg border bg-panel p-4 shadow-xl',
            isWide ? 'w-[min(760px,calc(100vw-24px))]' : 'w-[min(460px,calc(100vw-24px))]',
          )}
        >
          <Base.Title className="m-0 mb-3 text-[14px] font-[620] break-words">{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
