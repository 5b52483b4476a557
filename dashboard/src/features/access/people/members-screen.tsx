import type { Member, MemberList } from '@prompt-ledger/client';
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
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';
import { AccessTabs } from '../access-tabs';
import { InviteDialog } from './invite-dialog';
import { MemberDialog } from './member-dialog';

const membersOf = ({ members }: MemberList) => members;

const COLUMNS: readonly Column<Member>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(110px, 1.6fr)',
    cell: ({ name }) => <span className="font-[560]">{visibleText(name)}</span>,
  },
  {
    id: 'kind',
    title: 'Is',
    width: 'minmax(110px, 1.4fr)',
    isMinor: true,
    cell: ({ kind, email }) => (kind === 'service' ? 'a service account' : visibleText(email ?? 'a person')),
  },
  {
    id: 'role',
    title: 'Role',
    width: 'minmax(130px, 1fr)',
    cell: ({ role, disabled }) => (
      <>
        <Chip>{role}</Chip> {disabled && <Chip tone="bad">disabled</Chip>}
      </>
    ),
  },
  {
    id: 'by',
    title: 'Added by',
    width: 'minmax(90px, 1fr)',
    isMinor: true,
    cell: ({ added_by: by }) => visibleText(by),
  },
  { id: 'at', title: 'Added', width: '138px', isMinor: true, cell: ({ added_at: at }) => <Time at={at} /> },
];

const refresh = () => void queryClient.invalidateQueries({ queryKey: ['members'] });

/** The people and service accounts of the project, each with a role. */
export function MembersScreen() {
  const listed = usePages<Member, MemberList>(
    ['members', 'list'],
    (signal) => ledger.members.list({ limit: 100 }, { signal }),
    membersOf,
  );
  const [isInviting, setInviting] = useState(false);
  const [opened, setOpened] = useState<Member | null>(null);
  const close = () => {
    setInviting(false);
    setOpened(null);
  };
  const done = () => {
    close();
    refresh();
  };
  const add = (
    <Button tone="primary" onClick={() => setInviting(true)}>
      Add a member
    </Button>
  );
  return (
    <Screen title="Members" tabs={<AccessTabs />} actions={add}>
      <List
        label="Members"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ user_id: id }) => id}
        onOpen={setOpened}
        empty={
          <EmptyState
            title="Nobody is a member yet"
            command={`curl ${window.location.origin}/v1/users \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"kind": "service", "name": "Nightly evaluation"}'`}
            action={add}
          >
            A member is a person or a service account with a role. Add one here; with the API, make the user,
            then give them a role with <span className="mono">PUT /v1/members/&#123;user_id&#125;</span>:
          </EmptyState>
        }
      />
      {isInviting && <InviteDialog onDone={done} onClose={close} />}
      {opened !== null && <MemberDialog member={opened} onDone={done} onClose={close} />}
    </Screen>
  );
}
