import type { Secret } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { Button } from '../../../ui/controls/button';
import type { Column } from '../../../ui/data-table';
import { EmptyState } from '../../../ui/empty-state';
import { useWhole } from '../../../ui/hooks/use-whole';
import { List } from '../../../ui/list';
import { Screen } from '../../../ui/screen';
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';
import { SettingsTabs } from '../settings-tabs';
import { ProviderKeyDialog } from './provider-key-dialog';

const COLUMNS: readonly Column<Secret>[] = [
  {
    id: 'provider',
    title: 'Provider',
    width: 'minmax(90px, 1fr)',
    cell: ({ provider }) => <span className="font-[560]">{visibleText(provider)}</span>,
  },
  {
    id: 'fingerprint',
    title: 'Fingerprint',
    width: 'minmax(150px, 1.6fr)',
    cell: ({ fingerprint }) => <span className="mono">{fingerprint}</span>,
  },
  {
    id: 'host',
    title: 'Sent to',
    width: 'minmax(120px, 1.4fr)',
    isMinor: true,
    cell: ({ host }) => visibleText(host),
  },
  { id: 'at', title: 'Put', width: '138px', isMinor: true, cell: ({ updated_at: at }) => <Time at={at} /> },
];

/** Lists the project's own keys for providers. No answer of the service contains a key. */
export function ProviderKeysScreen() {
  const listed = useWhole(['secrets'], async (signal) => (await ledger.secrets.list({ signal })).secrets);
  const [opened, setOpened] = useState<Secret | 'new' | null>(null);
  const add = (
    <Button tone="primary" onClick={() => setOpened('new')}>
      Put a key
    </Button>
  );
  return (
    <Screen title="Provider keys" tabs={<SettingsTabs />} actions={add}>
      <List
        label="Provider keys"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ provider }) => provider}
        onOpen={setOpened}
        empty={
          <EmptyState
            title="The project has no provider keys of its own"
            command="prompt-ledger secrets set openai"
            action={add}
          >
            Calls go out with the keys of whoever runs the service. Put one here to use yours instead, or with
            the command line, which asks for it without showing it:
          </EmptyState>
        }
      />
      {opened !== null && (
        <ProviderKeyDialog
          secret={opened === 'new' ? null : opened}
          onDone={() => {
            setOpened(null);
            void queryClient.invalidateQueries({ queryKey: ['secrets'] });
          }}
          onClose={() => setOpened(null)}
        />
      )}
    </Screen>
  );
}
