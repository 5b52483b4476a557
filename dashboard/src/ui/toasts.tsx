import { Toast } from '@base-ui/react/toast';
import { Check, X } from 'lucide-react';

export const toasts = Toast.createToastManager();

/** Reports success. Errors are shown where the action was requested. */
export function say(title: string): void {
  toasts.add({ title });
}

export function Toasts() {
  return (
    <Toast.Provider toastManager={toasts} timeout={5_000}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-40 flex w-[min(340px,calc(100vw-32px))] flex-col gap-2">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts: shown } = Toast.useToastManager();
  return shown.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="rounded-lg border bg-panel shadow-lg">
      <Toast.Content className="flex items-center gap-2 px-3 py-2">
        <Check size={15} className="flex-none text-good" aria-hidden />
        <Toast.Title className="m-0 grow text-[13px] font-normal break-words" />
        <Toast.Close aria-label="Close" className="flex-none p-1 text-ink-3">
          <X size={14} aria-hidden />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
