import type { ChangeStatus as Status, ChangeSummary } from '@prompt-ledger/client';
import { Chip, type ChipTone } from '../../ui/chip';

const TONES: Readonly<Record<Status, ChipTone>> = {
  open: 'info',
  approved: 'accent',
  applied: 'good',
  rejected: 'bad',
  withdrawn: 'plain',
  stale: 'warn',
  expired: 'warn',
};

/** Shows the state of a change, and how many approvals count now. */
export function ChangeStatus({ change }: { readonly change: ChangeSummary }) {
  const { status, required_approvals: required, approvals, emergency, review } = change;
  const counting = approvals.filter(({ counts }) => counts).length;
  const text =
    status === 'open'
      ? `open · ${counting} of ${required} ${required === 1 ? 'approval' : 'approvals'}`
      : status;
  return (
    <>
      <Chip tone={TONES[status]}>{text}</Chip>
      {emergency && <Chip tone="bad">{review === 'open' ? 'emergency, not reviewed' : 'emergency'}</Chip>}
    </>
  );
}
