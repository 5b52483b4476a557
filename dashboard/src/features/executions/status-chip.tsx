import type { ExecutionStatus } from '@prompt-ledger/client';
import { Chip, type ChipTone } from '../../ui/chip';

const TONES: Readonly<Record<ExecutionStatus, ChipTone>> = {
  queued: 'plain',
  running: 'info',
  succeeded: 'good',
  failed: 'bad',
  canceled: 'warn',
};

export function StatusChip({
  status,
  error,
}: {
  readonly status: ExecutionStatus;
  readonly error?: string | null;
}) {
  return <Chip tone={TONES[status]}>{error == null ? status : error.replaceAll('_', ' ')}</Chip>;
}
