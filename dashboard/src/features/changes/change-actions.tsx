import type { Change } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';
import { useMay, useMe } from '../../api/use-session';
import { Button, type ButtonTone } from '../../ui/controls/button';
import { Dialog } from '../../ui/dialog';
import { DialogActions } from '../../ui/dialog-actions';
import { Field, Input } from '../../ui/controls/field';
import { shortHash } from '../../ui/text/format';
import { Problem } from '../../ui/problem';
import { say } from '../../ui/toasts';

type Action = 'approve' | 'reject' | 'withdraw' | 'apply';

interface Offer {
  readonly action: Action;
  readonly label: string;
  readonly tone: ButtonTone;
  readonly done: string;
}

/** What the caller may do about a change now. Everything else is not offered. */
export function ChangeActions({ change }: { readonly change: Change }) {
  const offers = useOffers(change);
  const [asked, setAsked] = useState<Offer | null>(null);
  return (
    <>
      {offers.map((offer) => (
        <Button key={offer.action} tone={offer.tone} onClick={() => setAsked(offer)}>
          {offer.label}
          {offer.action === 'approve' && (
            <span className="mono opacity-80">{shortHash(change.checksum_hash)}</span>
          )}
        </Button>
      ))}
      {asked !== null && <ActionDialog change={change} offer={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function useOffers({
  status,
  to_version: to,
  environment,
  opened_by_id: author,
  approvals,
}: Change): readonly Offer[] {
  const mayApprove = useMay('changes:approve');
  const mayWrite = useMay('changes:write');
  const me = useMe();
  // A key that belongs to nobody is not told its own id: what it may not do is refused by the service.
  const self = me.kind === 'instance' ? 'instance' : `user:${me.user_id ?? ''}`;
  const isAuthor = author === self;
  const hasApproved = approvals.some(({ by_id: by }) => by === self);
  const isOpen = status === 'open' || status === 'approved';
  if (!isOpen) return [];
  const offers: Offer[] = [];
  if (mayWrite && isAuthor)
    offers.push({ action: 'withdraw', label: 'Withdraw', tone: 'plain', done: 'The change is withdrawn.' });
  if (mayApprove && !isAuthor)
    offers.push({ action: 'reject', label: 'Reject', tone: 'danger', done: 'The change is rejected.' });
  if (mayApprove && !isAuthor && !hasApproved && status === 'open') {
    offers.push({
      action: 'approve',
      label: `Approve v${to}`,
      tone: 'primary',
      done: 'Your approval counts.',
    });
  }
  if (status === 'approved' && (mayApprove || (mayWrite && isAuthor))) {
    offers.push({
      action: 'apply',
      label: 'Apply',
      tone: 'primary',
      done: `${environment} runs version ${to} now.`,
    });
  }
  return offers;
}

function ActionDialog({
  change,
  offer,
  onClose,
}: {
  readonly change: Change;
  readonly offer: Offer;
  readonly onClose: () => void;
}) {
  const [comment, setComment] = useState('');
  const act = useMutation({
    mutationFn: () => {
      const request = { comment: comment.trim() === '' ? null : comment.trim() };
      return ledger.changes[offer.action](change.change_id, request);
    },
    onSuccess: () => {
      say(offer.done);
      onClose();
    },
    // What was refused says something about the change as well: it may be stale by now.
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ['changes'] }),
        queryClient.invalidateQueries({ queryKey: ['prompts'] }),
      ]),
  });
  return (
    <Dialog title={`${offer.label}: ${change.prompt_name} to ${change.environment}`} isOpen onClose={onClose}>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate();
        }}
      >
        <Field label="Comment, if you like">
          {(id) => (
            <Input
              id={id}
              maxLength={2_000}
              value={comment}
              onChange={({ target }) => setComment(target.value)}
            />
          )}
        </Field>
        {act.isError && <Problem error={act.error} />}
        <DialogActions
          tone={offer.tone === 'plain' ? 'primary' : offer.tone}
          disabled={act.isPending}
          onClose={onClose}
        >
          {offer.label}
        </DialogActions>
      </form>
    </Dialog>
  );
}
