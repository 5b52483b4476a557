import type { ComponentProps } from 'react';
import { classNames } from '../text/class-names';

const TONES = {
  plain: 'border-line bg-panel text-ink hover:border-line-strong',
  primary: 'border-accent bg-accent text-on-accent hover:opacity-90',
  ghost: 'border-transparent text-ink-2 hover:bg-code hover:text-ink',
  danger: 'border-line bg-panel text-bad hover:border-bad',
};

export type ButtonTone = keyof typeof TONES;

/** Returns the classes of a button, for links that look like one. */
export function buttonClass(tone: ButtonTone = 'plain'): string {
  return classNames(
    'inline-flex min-h-7 items-center justify-center gap-1.5 rounded-[7px] border px-2.5 py-1 text-[13px] font-[540] whitespace-nowrap no-underline select-none',
    'disabled:opacity-55',
    TONES[tone],
  );
}

export function Button({
  tone = 'plain',
  className,
  ...props
}: ComponentProps<'button'> & { readonly tone?: ButtonTone }) {
  return <button type="button" className={classNames(buttonClass(tone), className)} {...props} />;
}
