import type { Change } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
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

type Action = 'approve' | 'reject' | 'withdraw' | 'apply' | 'emergency' | 'review';

interface Offer {
  readonly action: Action;
  readonly label: string;
  readonly tone: ButtonTone;
  readonly done: string;
}

/** Offers only what the caller may now do about a change. */
export function ChangeActions({ change }: { readonly change: Change }) {
  const offers = useOffers(change);
  const [asked, setAsked] = useState<Offer | null>(null);
  return (
    <>
      {offers.map((offer) => (
        <Button key={offer.action} tone={offer.tone} onClick={() => setAsked(offer)}>
          {offer.label}
          {(offer.action === 'approve' || offer.action === 'review') && (
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
  prompt_name: name,
  emergency,
  review,
  kind,
}: Change): readonly Offer[] {
  // Members of the team that owns the prompt may do more.
  const { data: prompt } = useQuery({
    queryKey: ['prompts', 'owner', name],
    queryFn: ({ signal }) => ledger.prompts.get(name, { signal }),
  });
  const team = prompt?.owner_team ?? null;
  const mayApprove = useMay('changes:approve', team);
  const mayWrite = useMay('changes:write', team);
  const mayForce = useMay('environments:write') && mayWrite;
  const me = useMe();
  // A key without an owner does not know its own id, so the service has to refuse what it may not do.
  const self = me.kind === 'instance' ? 'instance' : `user:${me.user_id ?? ''}`;
  const isAuthor = author === self;
  const hasApproved = approvals.some(({ by_id: by }) => by === self);
  const isOpen = status === 'open' || status === 'approved';
  if (emergency && review === 'open' && mayApprove && !isAuthor) {
    return [
      { action: 'review', label: `Review v${to}`, tone: 'primary', done: 'The emergency is reviewed.' },
    ];
  }
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
      done: kind === 'rollout' ? 'The rollout runs.' : `${environment} runs version ${to} now.`,
    });
  } else if (mayForce) {
    offers.unshift({
      action: 'emergency',
      label: 'Apply in an emergency …',
      tone: 'danger',
      done:
        kind === 'rollout'
          ? 'The rollout runs, past its approvals.'
          : `${environment} runs version ${to} now, past its approvals.`,
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
  const isEmergency = offer.action === 'emergency';
  const act = useMutation({
    mutationFn: async () => send(change.change_id, offer.action, comment.trim()),
    onSuccess: () => {
      say(offer.done);
      onClose();
    },
    // A refusal may mean that the shown change is stale, so it is read again.
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ['changes'] }),
        queryClient.invalidateQueries({ queryKey: ['prompts'] }),
        queryClient.invalidateQueries({ queryKey: ['rollouts'] }),
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
        {isEmergency && (
          <p className="m-0 text-ink-2">
            It is applied at once, without the approvals and the evidence that are missing. The audit log and
            the history say so, the address in the settings is told, and another approver has to review it.
          </p>
        )}
        <Field label={isEmergency ? 'Why it cannot wait' : 'Comment, if you like'}>
          {(id) => (
            <Input
              id={id}
              required={isEmergency}
              maxLength={2_000}
              value={comment}
              onChange={({ target }) => setComment(target.value)}
            />
          )}
        </Field>
        {act.isError && <Problem error={act.error} />}
        <DialogActions
          tone={offer.tone === 'plain' ? 'primary' : offer.tone}
          disabled={act.isPending || (isEmergency && comment.trim() === '')}
          onClose={onClose}
        >
          {offer.label}
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** @param text the comment, or the reason of an emergency; empty for none. */
async function send(changeId: string, action: Action, text: string): Promise<Change> {
  const comment = text === '' ? null : text;
  if (action === 'emergency') return ledger.changes.apply(changeId, { emergency: true, reason: text });
  // Approving an emergency that was applied closes its review.
  return ledger.changes[action === 'review' ? 'approve' : action](changeId, { comment });
}
