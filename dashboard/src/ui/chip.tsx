import type { ReactNode } from 'react';
import { classNames } from './text/class-names';

const TONES = {
  plain: 'border-line bg-panel text-ink-2',
  accent: 'border-transparent bg-accent-soft text-accent',
  good: 'border-transparent bg-good-soft text-good',
  bad: 'border-transparent bg-bad-soft text-bad',
  warn: 'border-transparent bg-warn-soft text-warn',
  info: 'border-transparent bg-info-soft text-info',
};

export type ChipTone = keyof typeof TONES;

export function Chip({
  tone = 'plain',
  title,
  children,
}: {
  readonly tone?: ChipTone;
  readonly title?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={classNames(
        'inline-block max-w-full flex-none truncate align-middle rounded-full border px-2 py-px text-[11.5px] leading-[18px] whitespace-nowrap',
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
