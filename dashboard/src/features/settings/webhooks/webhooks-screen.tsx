import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Button } from '../../../ui/controls/button';
import { ConfirmDialog } from '../../../ui/form/confirm-dialog';
import { Secret } from '../../../ui/form/one-time-secret';
import { Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';
import { Screen, ScreenBody } from '../../../ui/screen';
import { fullTime } from '../../../ui/text/format';
import { SettingsTabs } from '../settings-tabs';
import { Deliveries } from './deliveries';

/** Shows the secret that signs callbacks, and their deliveries. */
export function WebhooksScreen() {
  const [isRotating, setRotating] = useState(false);
  const show = useMutation({ mutationFn: async () => ledger.webhooks.secret() });
  const secret = show.data;
  return (
    <Screen title="Webhooks" tabs={<SettingsTabs />}>
      <ScreenBody label="Webhooks">
        <div className="grid max-w-[900px] gap-3.5">
          <Panel
            title="The secret"
            note="that callbacks are signed with"
            aside={
              <>
                {secret === undefined ? (
                  <Button disabled={show.isPending} onClick={() => show.mutate()}>
                    Show the secret
                  </Button>
                ) : (
                  <Button onClick={() => show.reset()}>Hide</Button>
                )}
                <Button tone="danger" onClick={() => setRotating(true)}>
                  Rotate …
                </Button>
              </>
            }
          >
            <div className="grid gap-3 p-3.5">
              {show.isError && <Problem error={show.error} onRetry={() => show.mutate()} />}
              {secret === undefined ? (
                <p className="m-0 text-ink-2">
                  Receivers check the header <span className="mono">webhook-signature</span> with it, as
                  libraries for Standard Webhooks do. The first look makes it; every look is in the audit log.
                </p>
              ) : (
                <>
                  <Secret text={secret.secret} />
                  <span className="text-ink-3">{`Made ${fullTime(secret.created_at)}.`}</span>
                </>
              )}
            </div>
          </Panel>
          <Deliveries />
        </div>
      </ScreenBody>
      {isRotating && (
        <ConfirmDialog
          title="Replace the secret?"
          action="Make another secret"
          done="Callbacks are signed with another secret now."
          run={() => ledger.webhooks.rotateSecret()}
          onDone={() => {
            setRotating(false);
            show.mutate();
          }}
          onClose={() => setRotating(false)}
        >
          For 24 hours callbacks carry a signature by the secret of now as well. After a leak, rotate twice:
          the second time ends the older one at once.
        </ConfirmDialog>
      )}
    </Screen>
  );
}
