import { type ComponentProps, type ReactNode, useId } from 'react';
import { classNames } from '../text/class-names';

const CONTROL =
  'min-w-0 rounded-[7px] border border-line-strong bg-panel px-2.5 py-1 text-[13px] leading-[18px] text-ink';
const FULL = `w-full ${CONTROL}`;

/** A label, its control, and a hint. */
export function Field({
  label,
  hint,
  children,
}: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-[12px] text-ink-2">
        {label}
      </label>
      {children(id)}
      {hint !== undefined && <span className="text-[12px] text-ink-3">{hint}</span>}
    </div>
  );
}

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input autoComplete="off" spellCheck={false} className={classNames(FULL, className)} {...props} />;
}

export function TextArea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea spellCheck={false} className={classNames(FULL, className)} {...props} />;
}

export function Select({ className, ...props }: ComponentProps<'select'>) {
  return <select className={classNames(CONTROL, 'pr-1', className)} {...props} />;
}
