import type { CreatedKey, Project, ProjectList } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { session } from '../../../api/session';
import { Chip } from '../../../ui/chip';
import { Button } from '../../../ui/controls/button';
import type { Column } from '../../../ui/data-table';
import { EmptyState } from '../../../ui/empty-state';
import { OneTimeSecret } from '../../../ui/form/one-time-secret';
import { usePages } from '../../../ui/hooks/use-pages';
import { List } from '../../../ui/list';
import { Screen } from '../../../ui/screen';
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';
import { SettingsTabs } from '../settings-tabs';
import { NewProjectDialog } from './new-project-dialog';
import { ProjectDialog } from './project-dialog';

const projectsOf = ({ projects }: ProjectList) => projects;

const COLUMNS: readonly Column<Project>[] = [
  {
    id: 'name',
    title: 'Project',
    width: 'minmax(120px, 1.4fr)',
    cell: ({ name, archived_at: at }) => (
      <>
        <span className="font-[560]">{visibleText(name)}</span>{' '}
        {at !== null && <Chip tone="warn">archived</Chip>}
      </>
    ),
  },
  {
    id: 'id',
    title: 'Id',
    width: 'minmax(140px, 1.6fr)',
    isMinor: true,
    cell: ({ project_id: id }) => <span className="mono">{id}</span>,
  },
  { id: 'at', title: 'Made', width: '138px', cell: ({ created_at: at }) => <Time at={at} /> },
];

/** The projects of the instance, for its admin. */
export function ProjectsScreen() {
  const listed = usePages<Project, ProjectList>(
    ['projects'],
    (signal) => ledger.projects.list({ limit: 100 }, { signal }),
    projectsOf,
  );
  const [opened, setOpened] = useState<Project | 'new' | null>(null);
  const [made, setMade] = useState<CreatedKey | null>(null);
  const close = () => setOpened(null);
  const done = () => {
    close();
    void queryClient.invalidateQueries({ queryKey: ['projects'] });
    // The project switcher lists them as well.
    void session.load().catch(() => undefined);
  };
  const add = (
    <Button tone="primary" onClick={() => setOpened('new')}>
      Make a project
    </Button>
  );
  return (
    <Screen title="Projects" tabs={<SettingsTabs />} actions={add}>
      <List
        label="Projects"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ project_id: id }) => id}
        onOpen={setOpened}
        empty={
          <EmptyState title="No projects" action={add}>
            Make one.
          </EmptyState>
        }
      />
      {opened === 'new' && <NewProjectDialog onDone={done} onClose={close} />}
      {opened !== null && opened !== 'new' && (
        <ProjectDialog
          project={opened}
          onKey={(key) => {
            close();
            setMade(key);
          }}
          onDone={done}
          onClose={close}
        />
      )}
      {made !== null && (
        <OneTimeSecret title="The key of an admin" secret={made.key} onClose={() => setMade(null)}>
          Nobody can read it again: hand it to whoever looks after the project.
        </OneTimeSecret>
      )}
    </Screen>
  );
}
