import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';

/** Asks for something before it goes on. Escape and a click beside it close it. */
export function Dialog({
  title,
  isOpen,
  onClose,
  children,
}: {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-20 bg-black/40" />
        <Base.Popup className="fixed top-[14vh] left-1/2 z-30 max-h-[76vh] w-[min(460px,calc(100vw-24px))] -translate-x-1/2 overflow-auto rounded-lg border bg-panel p-4 shadow-xl">
          <Base.Title className="m-0 mb-3 text-[14px] font-[620] break-words">{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
