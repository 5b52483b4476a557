import type { CreatedKey, Key } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Button } from '../../../ui/controls/button';
import { Select } from '../../../ui/controls/field';
import { Dialog } from '../../../ui/dialog';
import { ConfirmDialog } from '../../../ui/form/confirm-dialog';
import { EditDialog } from '../../../ui/form/edit-dialog';
import { FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { Fact, Facts } from '../../../ui/panel';
import { fullTime } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { hasExpired, KeyStatus } from './key-status';
import { RateLimitFields, toLimits, toTyped } from './rate-limits';

interface KeyDialogProps {
  readonly apiKey: Key;
  readonly onRotated: (key: CreatedKey) => void;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** One key: its permissions, its limits, its rotation and its end. */
export function KeyDialog(props: KeyDialogProps) {
  const [asked, setAsked] = useState<'rotate' | 'revoke' | 'limits' | null>(null);
  const { apiKey, onChanged, onClose } = props;
  const back = () => setAsked(null);
  if (asked === 'rotate') return <RotateDialog {...props} onClose={back} />;
  if (asked === 'limits') return <LimitsDialog {...props} onClose={back} />;
  if (asked === 'revoke') {
    return (
      <ConfirmDialog
        title={`Revoke ${apiKey.name}?`}
        action="Revoke the key"
        done={`${apiKey.name} is revoked.`}
        run={() => ledger.keys.revoke(apiKey.key_id)}
        onDone={onChanged}
        onClose={back}
      >
        Whoever calls with it is refused within five seconds. This cannot be taken back.
      </ConfirmDialog>
    );
  }
  const isOver = apiKey.revoked_at !== null || hasExpired(apiKey);
  return (
    <Dialog title={visibleText(apiKey.name)} isOpen onClose={onClose}>
      <div className="grid gap-3">
        <KeyFacts apiKey={apiKey} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button tone="ghost" onClick={onClose}>
            Close
          </Button>
          {!isOver && (
            <>
              <Button tone="danger" onClick={() => setAsked('revoke')}>
                Revoke …
              </Button>
              <Button onClick={() => setAsked('limits')}>Limits …</Button>
              <Button onClick={() => setAsked('rotate')}>Rotate …</Button>
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function KeyFacts({ apiKey }: { readonly apiKey: Key }) {
  const { key_id: id, role, scopes, user_id: user, rate_limits: limits } = apiKey;
  return (
    <div className="-mx-3.5">
      <Facts>
        <Fact name="Id">
          <span className="mono">{id}</span>
        </Fact>
        <Fact name="Status">
          <KeyStatus apiKey={apiKey} />
        </Fact>
        <Fact name="May do">{role ?? scopes.join(', ')}</Fact>
        {user !== null && (
          <Fact name="Belongs to">
            <span className="mono">{user}</span>
          </Fact>
        )}
        <Fact name="Works until">
          {apiKey.expires_at === null ? 'it is revoked' : fullTime(apiKey.expires_at)}
        </Fact>
        {apiKey.previous_until !== null && (
          <Fact name="Former secret until">{fullTime(apiKey.previous_until)}</Fact>
        )}
        <Fact name="Requests a minute">{limits.requests_per_minute ?? 'default'}</Fact>
        <Fact name="Tokens a minute">{limits.tokens_per_minute ?? 'default'}</Fact>
      </Facts>
    </div>
  );
}

const OVERLAPS: readonly (readonly [seconds: number, text: string])[] = [
  [86_400, 'for a day'],
  [3_600, 'for an hour'],
  [604_800, 'for a week'],
  [0, 'not at all: it has leaked'],
];

function RotateDialog({ apiKey, onRotated, onClose }: KeyDialogProps) {
  const [overlap, setOverlap] = useState(86_400);
  const rotate = useMutation({
    mutationFn: async () => ledger.keys.rotate(apiKey.key_id, { overlap_s: overlap }),
    onSuccess: onRotated,
  });
  return (
    <FormDialog
      title={`Rotate ${apiKey.name}`}
      action="Give it a new secret"
      error={rotate.error}
      isPending={rotate.isPending}
      onSubmit={() => rotate.mutate()}
      onClose={onClose}
    >
      <p className="m-0 text-ink-2">
        The key keeps its id, rights, limits and counts, and gets a new secret.
      </p>
      <FormField label="The secret of now works on" pointer="/overlap_s">
        {(props) => (
          <Select
            {...props}
            className="w-full"
            value={overlap}
            onChange={({ target }) => setOverlap(Number(target.value))}
          >
            {OVERLAPS.map(([seconds, text]) => (
              <option key={seconds} value={seconds}>
                {text}
              </option>
            ))}
          </Select>
        )}
      </FormField>
    </FormDialog>
  );
}

function LimitsDialog({ apiKey, onChanged, onClose }: KeyDialogProps) {
  const [limits, setLimits] = useState(() => toTyped(apiKey.rate_limits));
  return (
    <EditDialog
      title={`Limits of ${apiKey.name}`}
      action="Set the limits"
      save={() => ledger.keys.change(apiKey.key_id, { rate_limits: toLimits(limits) })}
      done={() => `The limits of ${apiKey.name} hold.`}
      onDone={onChanged}
      onClose={onClose}
    >
      <RateLimitFields limits={limits} onChange={setLimits} />
    </EditDialog>
  );
}
