import type { RolloutStatus as Status } from '@prompt-ledger/client';
import { Chip, type ChipTone } from '../../ui/chip';

const TONES: Readonly<Record<Status, ChipTone>> = {
  draft: 'plain',
  running: 'info',
  paused: 'warn',
  completed: 'good',
  rolled_back: 'bad',
  stopped: 'plain',
};

/** Whether a rollout may still continue. */
export function isUnderWay(status: Status): boolean {
  return status === 'running' || status === 'paused';
}

export function RolloutStatus({ status }: { readonly status: Status }) {
  return <Chip tone={TONES[status]}>{status.replaceAll('_', ' ')}</Chip>;
}
