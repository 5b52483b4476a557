import type { ExperimentStatus as Status } from '@prompt-ledger/client';
import { Chip, type ChipTone } from '../../ui/chip';

const TONES: Readonly<Record<Status, ChipTone>> = {
  queued: 'plain',
  running: 'info',
  completed: 'good',
  failed: 'bad',
  canceled: 'plain',
  stopped_by_budget: 'warn',
};

export function isUnderWay(status: Status): boolean {
  return status === 'queued' || status === 'running';
}

export function ExperimentStatus({ status }: { readonly status: Status }) {
  return <Chip tone={TONES[status]}>{status.replaceAll('_', ' ')}</Chip>;
}
