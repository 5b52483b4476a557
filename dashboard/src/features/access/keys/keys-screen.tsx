import type { CreatedKey, Key } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { Chip } from '../../../ui/chip';
import { Button } from '../../../ui/controls/button';
import type { Column } from '../../../ui/data-table';
import { EmptyState } from '../../../ui/empty-state';
import { OneTimeSecret } from '../../../ui/form/one-time-secret';
import { useWhole } from '../../../ui/hooks/use-whole';
import { List } from '../../../ui/list';
import { Screen } from '../../../ui/screen';
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';
import { AccessTabs } from '../access-tabs';
import { KeyDialog } from './key-dialog';
import { KeyStatus } from './key-status';
import { NewKeyDialog } from './new-key-dialog';

const COLUMNS: readonly Column<Key>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(110px, 1.6fr)',
    cell: ({ name }) => <span className="font-[560]">{visibleText(name)}</span>,
  },
  {
    id: 'may',
    title: 'May',
    width: 'minmax(100px, 1.4fr)',
    cell: ({ role, scopes }) =>
      role === null ? <span title={scopes.join(', ')}>{scopes.join(', ')}</span> : <Chip>{role}</Chip>,
  },
  {
    id: 'status',
    title: 'Status',
    width: 'minmax(90px, 1fr)',
    cell: (key) => <KeyStatus apiKey={key} />,
  },
  {
    id: 'used',
    title: 'Last used',
    width: '138px',
    isMinor: true,
    cell: ({ last_used_at: at }) =>
      at === null ? <span className="text-ink-3">never</span> : <Time at={at} />,
  },
  {
    id: 'made',
    title: 'Made',
    width: '138px',
    isMinor: true,
    cell: ({ created_at: at }) => <Time at={at} />,
  },
];

const refresh = () => void queryClient.invalidateQueries({ queryKey: ['keys'] });

/** The API keys of the project. A key itself is shown once, when it is made or rotated. */
export function KeysScreen() {
  const listed = useWhole(['keys'], async (signal) => (await ledger.keys.list({ signal })).keys);
  const [isMaking, setMaking] = useState(false);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [made, setMade] = useState<CreatedKey | null>(null);
  const opened = listed.items.find(({ key_id: id }) => id === openedId);
  const show = (key: CreatedKey) => {
    setMaking(false);
    setOpenedId(null);
    setMade(key);
    refresh();
  };
  return (
    <Screen
      title="Keys"
      tabs={<AccessTabs />}
      actions={
        <Button tone="primary" onClick={() => setMaking(true)}>
          Make a key
        </Button>
      }
    >
      <List
        label="Keys"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ key_id: id }) => id}
        onOpen={({ key_id: id }) => setOpenedId(id)}
        empty={
          <EmptyState
            title="No keys yet"
            command={`curl ${window.location.origin}/v1/keys \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"name": "checkout", "role": "runner"}'`}
            action={
              <Button tone="primary" onClick={() => setMaking(true)}>
                Make the first key
              </Button>
            }
          >
            Services call with a key of their own, so that each can be limited, rotated and revoked by itself.
            Make one here, or with the API:
          </EmptyState>
        }
      />
      {isMaking && <NewKeyDialog onMade={show} onClose={() => setMaking(false)} />}
      {opened !== undefined && (
        <KeyDialog
          apiKey={opened}
          onRotated={show}
          onChanged={() => {
            setOpenedId(null);
            refresh();
          }}
          onClose={() => setOpenedId(null)}
        />
      )}
      {made !== null && (
        <OneTimeSecret title={`The key ${made.name}`} secret={made.key} onClose={() => setMade(null)}>
          Nobody can read it again: copy it now and keep it where the service finds it.
        </OneTimeSecret>
      )}
    </Screen>
  );
}
