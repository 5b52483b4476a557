import type { Team, TeamList } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { Chip } from '../../../ui/chip';
import { Button } from '../../../ui/controls/button';
import type { Column } from '../../../ui/data-table';
import { EmptyState } from '../../../ui/empty-state';
import { usePages } from '../../../ui/hooks/use-pages';
import { List } from '../../../ui/list';
import { Screen } from '../../../ui/screen';
import { count } from '../../../ui/text/format';
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';
import { AccessTabs } from '../access-tabs';
import { TeamDialog } from './team-dialog';

const teamsOf = ({ teams }: TeamList) => teams;

const COLUMNS: readonly Column<Team>[] = [
  {
    id: 'name',
    title: 'Team',
    width: 'minmax(110px, 2fr)',
    cell: ({ name }) => <span className="font-[560]">{visibleText(name)}</span>,
  },
  { id: 'role', title: 'Role', width: 'minmax(90px, 1fr)', cell: ({ role }) => <Chip>{role}</Chip> },
  {
    id: 'members',
    title: 'Members',
    width: '90px',
    isNumber: true,
    cell: ({ members }) => count(members.length),
  },
  {
    id: 'at',
    title: 'Changed',
    width: '138px',
    isMinor: true,
    cell: ({ updated_at: at }) => <Time at={at} />,
  },
];

/** Teams, and what their members may do with the prompts that the team owns. */
export function TeamsScreen() {
  const listed = usePages<Team, TeamList>(
    ['teams', 'list'],
    (signal) => ledger.teams.list({ limit: 100 }, { signal }),
    teamsOf,
  );
  const [opened, setOpened] = useState<Team | 'new' | null>(null);
  const close = () => setOpened(null);
  const make = (
    <Button tone="primary" onClick={() => setOpened('new')}>
      Make a team
    </Button>
  );
  return (
    <Screen title="Teams" tabs={<AccessTabs />} actions={make}>
      <List
        label="Teams"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ name }) => name}
        onOpen={setOpened}
        empty={
          <EmptyState
            title="No teams yet"
            command={`curl -X PUT ${window.location.origin}/v1/teams/Support \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"role": "editor", "members": []}'`}
            action={make}
          >
            A team gives its members a role over the prompts whose owner it is, beside what they may do in the
            rest of the project. Make one here, or with the API:
          </EmptyState>
        }
      />
      {opened !== null && (
        <TeamDialog
          team={opened === 'new' ? null : opened}
          onDone={() => {
            close();
            void queryClient.invalidateQueries({ queryKey: ['teams'] });
          }}
          onClose={close}
        />
      )}
    </Screen>
  );
}
