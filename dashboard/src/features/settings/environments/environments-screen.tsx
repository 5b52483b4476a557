import type { Environment } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useMay } from '../../../api/use-session';
import { Chip } from '../../../ui/chip';
import { Button } from '../../../ui/controls/button';
import type { Column } from '../../../ui/data-table';
import { EmptyState } from '../../../ui/empty-state';
import { useWhole } from '../../../ui/hooks/use-whole';
import { List } from '../../../ui/list';
import { Screen } from '../../../ui/screen';
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';
import { SettingsTabs } from '../settings-tabs';
import { EnvironmentDialog } from './environment-dialog';

const COLUMNS: readonly Column<Environment>[] = [
  {
    id: 'name',
    title: 'Environment',
    width: 'minmax(100px, 1fr)',
    cell: ({ name }) => <span className="font-[560]">{visibleText(name)}</span>,
  },
  {
    id: 'protected',
    title: 'Moves',
    width: 'minmax(100px, 1fr)',
    cell: ({ protected: isProtected }) =>
      isProtected ? <Chip tone="accent">by change</Chip> : <Chip>at once</Chip>,
  },
  {
    id: 'approvals',
    title: 'Approvals',
    width: 'minmax(90px, 1.4fr)',
    cell: ({ protected: isProtected, approvals: { required, teams } }) =>
      isProtected ? visibleText(`${required}${teams.length === 0 ? '' : ` of ${teams.join(', ')}`}`) : '–',
  },
  {
    id: 'evidence',
    title: 'Evidence',
    width: 'minmax(110px, 1.4fr)',
    isMinor: true,
    cell: ({ evidence }) =>
      evidence === null
        ? 'none'
        : visibleText(`${evidence.experiment.verdict} on ${evidence.experiment.dataset}`),
  },
  {
    id: 'ttl',
    title: 'Changes expire',
    width: '118px',
    isMinor: true,
    cell: ({ change_ttl_h: hours }) => `after ${hours} h`,
  },
  {
    id: 'at',
    title: 'Changed',
    width: '138px',
    isMinor: true,
    cell: ({ updated_at: at }) => <Time at={at} />,
  },
];

/** Lists environments with rules: what may run there, and who decides. */
export function EnvironmentsScreen() {
  const mayWrite = useMay('environments:write');
  const listed = useWhole(
    ['environments'],
    async (signal) => (await ledger.environments.list({ signal })).environments,
  );
  const [opened, setOpened] = useState<Environment | 'new' | null>(null);
  const add = mayWrite ? (
    <Button tone="primary" onClick={() => setOpened('new')}>
      Add an environment
    </Button>
  ) : undefined;
  return (
    <Screen title="Environments" tabs={<SettingsTabs />} actions={add}>
      <List
        label="Environments"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ name }) => name}
        onOpen={mayWrite ? setOpened : undefined}
        empty={
          <EmptyState
            title="No environment has rules yet"
            command={`curl -X PUT ${window.location.origin}/v1/environments/prod \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"protected": true, "approvals": {"required": 1}}'`}
            action={add}
          >
            In a protected environment a version runs once others have approved it. Protect one as an admin,
            here or with the API:
          </EmptyState>
        }
      />
      {opened !== null && (
        <EnvironmentDialog
          environment={opened === 'new' ? null : opened}
          onDone={() => {
            setOpened(null);
            void queryClient.invalidateQueries({ queryKey: ['environments'] });
            void queryClient.invalidateQueries({ queryKey: ['prompts'] });
            void queryClient.invalidateQueries({ queryKey: ['changes'] });
          }}
          onClose={() => setOpened(null)}
        />
      )}
    </Screen>
  );
}
