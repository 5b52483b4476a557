import type { Project } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { ledger } from '../../../api/ledger';
import { useMe } from '../../../api/use-session';
import { Problem } from '../../../ui/problem';
import { Screen, ScreenBody } from '../../../ui/screen';
import { SettingsTabs } from '../settings-tabs';
import { ProjectForm } from './project-form';

/** Shows the settings of the whole project. */
export function SettingsScreen() {
  const { project } = useMe();
  const id = project?.project_id ?? '';
  const { data, error, refetch } = useQuery({
    queryKey: ['project', id],
    queryFn: async ({ signal }): Promise<Project> => ledger.projects.get(id, { signal }),
    // A refresh must not change a form while somebody fills it in.
    staleTime: Infinity,
  });
  return (
    <Screen title="Settings" tabs={<SettingsTabs />}>
      <ScreenBody label="Settings of the project">
        {error !== null && data === undefined && <Problem error={error} onRetry={() => void refetch()} />}
        {data !== undefined && <ProjectForm key={id} project={data} />}
      </ScreenBody>
    </Screen>
  );
}
