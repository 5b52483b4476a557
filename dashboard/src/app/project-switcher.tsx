import { Menu } from '@base-ui/react/menu';
import { useNavigate } from '@tanstack/react-router';
import { Check, ChevronDown } from 'lucide-react';
import { queryClient } from '../api/query-client';
import { session } from '../api/session';
import { useMe } from '../api/use-session';

/** The current project; with several, a menu of them. */
export function ProjectSwitcher() {
  const { project, projects } = useMe();
  const navigate = useNavigate();
  const name = project?.name ?? 'No project';
  const box =
    'flex min-w-0 grow items-center justify-between gap-2 rounded-lg border bg-panel px-2.5 py-1.5 text-left text-ink-2 md:mb-2 md:grow-0';
  if (projects.length < 2) return <div className={box}>{<span className="truncate">{name}</span>}</div>;

  const choose = async (projectId: string) => {
    session.choose(projectId);
    await session.load();
    await navigate({ to: '/prompts', search: {} });
    // The screen reads its data again, and the cache forgets the rest, which belongs to the former project.
    queryClient.removeQueries({ type: 'inactive' });
    await queryClient.resetQueries();
  };
  return (
    <Menu.Root>
      <Menu.Trigger className={box} aria-label={`Project: ${name}`}>
        <span className="truncate">{name}</span> <ChevronDown size={14} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className="z-30">
          <Menu.Popup className="max-h-[60vh] min-w-[190px] overflow-auto rounded-lg border bg-panel p-1 shadow-xl">
            {projects.map(({ project_id, name: title }) => (
              <Menu.Item
                key={project_id}
                className="flex cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 data-[highlighted]:bg-accent-soft data-[highlighted]:text-accent"
                onClick={() => void choose(project_id)}
              >
                <span className="grow break-words">{title}</span>
                {project_id === project?.project_id && <Check size={14} aria-label="chosen" />}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
