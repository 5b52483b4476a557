import type { Rollout, RolloutDetail } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { Button, buttonClass, type ButtonTone } from '../../../ui/controls/button';
import { Input } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { say } from '../../../ui/toasts';
import { useMayWithPrompt } from '../use-may-roll-out';

type Verb = 'start' | 'pause' | 'resume' | 'stop' | 'rollBack' | 'ask';

interface Offer {
  readonly label: string;
  readonly tone: ButtonTone;
  readonly done: string;
  /** The consequence, in words. */
  readonly says: string;
}

const OFFERS: Readonly<Record<Verb, Offer>> = {
  start: {
    label: 'Start',
    tone: 'primary',
    done: 'The rollout runs.',
    says: 'The candidate gets its first share at once.',
  },
  ask: {
    label: 'Open a change',
    tone: 'primary',
    done: 'The change is open.',
    says: 'The environment is protected: this opens a change. Once others have approved it and it is applied, the rollout runs.',
  },
  pause: {
    label: 'Pause',
    tone: 'plain',
    done: 'The rollout is paused.',
    says: 'Everybody gets the control until it is resumed, and nothing is decided.',
  },
  resume: {
    label: 'Resume',
    tone: 'primary',
    done: 'The rollout goes on.',
    says: 'It goes on in the step in which it was paused.',
  },
  stop: {
    label: 'Stop',
    tone: 'danger',
    done: 'The rollout is stopped.',
    says: 'Everybody gets the control, without a verdict. It cannot be started again.',
  },
  rollBack: {
    label: 'Roll back',
    tone: 'danger',
    done: 'The rollout is rolled back.',
    says: 'Everybody gets the control at once, and the history of the prompt says why. It cannot be started again.',
  },
};

const BY_STATUS: Readonly<Record<RolloutDetail['status'], readonly Verb[]>> = {
  draft: ['stop', 'start'],
  running: ['pause', 'stop', 'rollBack'],
  paused: ['stop', 'rollBack', 'resume'],
  completed: [],
  rolled_back: [],
  stopped: [],
};

/** Offers only what the caller may now do about a rollout. */
export function RolloutActions({ rollout }: { readonly rollout: RolloutDetail }) {
  const { mayWrite, mayAsk } = useMayWithPrompt(rollout.prompt_name);
  const isDraft = rollout.status === 'draft';
  const { isProtected, openChange } = useStart(rollout, isDraft);
  const [asked, setAsked] = useState<Verb | null>(null);
  const verbs = BY_STATUS[rollout.status].flatMap((verb): readonly Verb[] => {
    if (verb !== 'start') return mayWrite ? [verb] : [];
    if (isProtected === null || openChange !== null) return [];
    if (isProtected) return mayAsk ? ['ask'] : [];
    return mayWrite ? ['start'] : [];
  });
  return (
    <>
      {openChange !== null && (
        <Link to="/changes/$id" params={{ id: openChange }} className={buttonClass('primary')}>
          Its change is open
        </Link>
      )}
      {verbs.map((verb) => (
        <Button key={verb} tone={OFFERS[verb].tone} onClick={() => setAsked(verb)}>
          {`${OFFERS[verb].label} …`}
        </Button>
      ))}
      {asked !== null && <ActionDialog rollout={rollout} verb={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

/** Starts a draft: at once, or through a change, which may already be open. */
function useStart({ environment, prompt_name: name, rollout_id: id }: RolloutDetail, isDraft: boolean) {
  const environments = useQuery({
    queryKey: ['environments'],
    queryFn: async ({ signal }) => (await ledger.environments.list({ signal })).environments,
    enabled: isDraft,
  });
  const changes = useQuery({
    queryKey: ['changes', 'of-rollouts', name, environment],
    queryFn: async ({ signal }) =>
      (await ledger.changes.list({ prompt_name: name, environment, limit: 100 }, { signal })).changes,
    enabled: isDraft,
  });
  const open = changes.data?.find(
    ({ rollout_id: of, status }) => of === id && (status === 'open' || status === 'approved'),
  );
  return {
    /** Null until it is known. */
    isProtected:
      environments.data === undefined || changes.data === undefined
        ? null
        : environments.data.some((rule) => rule.name === environment && rule.protected),
    openChange: isDraft ? (open?.change_id ?? null) : null,
  };
}

function ActionDialog({
  rollout: { rollout_id: id, name },
  verb,
  onClose,
}: {
  readonly rollout: RolloutDetail;
  readonly verb: Verb;
  readonly onClose: () => void;
}) {
  const { label, tone, done, says } = OFFERS[verb];
  const [reason, setReason] = useState('');
  const navigate = useNavigate();
  const act = useMutation({
    mutationFn: async (): Promise<string | null> => {
      const why = reason.trim();
      if (verb === 'ask') {
        return (await ledger.changes.open({ kind: 'rollout', rollout_id: id, reason: why })).change_id;
      }
      await send(verb, id, why);
      return null;
    },
    onSuccess: (changeId) => {
      say(done);
      onClose();
      if (changeId !== null) void navigate({ to: '/changes/$id', params: { id: changeId } });
    },
    // A refusal may mean that another person has changed the rollout, so it is read again.
    onSettled: () =>
      Promise.all(
        ['rollouts', 'changes', 'prompts'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })),
      ),
  });
  return (
    <FormDialog
      title={`${label}: ${name}`}
      action={label}
      tone={tone === 'plain' ? 'primary' : tone}
      error={act.error}
      isPending={act.isPending}
      isReady={verb !== 'ask' || reason.trim() !== ''}
      onSubmit={() => act.mutate()}
      onClose={onClose}
    >
      <p className="m-0 text-ink-2">{says}</p>
      <FormField label={verb === 'ask' ? 'Reason' : 'Reason, if you like'} pointer="/reason">
        {(props) => (
          <Input
            {...props}
            autoFocus
            required={verb === 'ask'}
            maxLength={2_000}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        )}
      </FormField>
    </FormDialog>
  );
}

/** @param why empty for no reason. */
async function send(verb: Exclude<Verb, 'ask'>, id: string, why: string): Promise<Rollout> {
  return ledger.rollouts[verb](id, { reason: why === '' ? null : why });
}
