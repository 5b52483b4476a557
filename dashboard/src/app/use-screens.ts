import type { LucideIcon } from 'lucide-react';
import {
  ChartNoAxesCombined,
  Database,
  FileClock,
  FlaskConical,
  Gavel,
  GitPullRequestArrow,
  KeyRound,
  ListChecks,
  ListTree,
  MessageSquareText,
  Scale,
  Settings,
  Split,
  TextQuote,
} from 'lucide-react';
import { useMe } from '../api/use-session';

/** A screen in the navigation. */
export interface ScreenLink {
  readonly path: string;
  readonly title: string;
  readonly icon: LucideIcon;
  /** Further screens that belong to it. It is also shown as current on them. */
  readonly tabs: readonly (readonly [path: string, title: string])[];
}

export interface ScreenGroup {
  /** Null for the group that needs no title. */
  readonly title: string | null;
  readonly screens: readonly ScreenLink[];
}

/** Returns the screens that the caller may see, in the groups of the navigation. */
export function useScreens(): readonly ScreenGroup[] {
  const { scopes, kind } = useMe();
  const may = (scope: (typeof scopes)[number]) => scopes.includes(scope);
  const access = [
    ...(may('keys:write') ? [['/keys', 'Keys'] as const] : []),
    ...(may('members:write') ? [['/members', 'Members'] as const, ['/teams', 'Teams'] as const] : []),
  ];
  const settings = [
    ...(may('settings:write') ? [['/settings', 'Project settings'] as const] : []),
    ...(may('prompts:read') ? [['/environments', 'Environments'] as const] : []),
    ['/models', 'Models'] as const,
    ...(may('analytics:read') ? [['/prices', 'Prices'] as const] : []),
    ['/routes', 'Routes'] as const,
    ...(may('secrets:write') ? [['/provider-keys', 'Provider keys'] as const] : []),
    ...(may('keys:write') ? [['/webhooks', 'Webhooks'] as const] : []),
    ...(kind === 'instance' ? [['/projects', 'Projects'] as const] : []),
  ];
  return [
    {
      title: null,
      screens: [
        link('/prompts', 'Prompts', MessageSquareText),
        ...(may('prompts:read') ? [link('/snippets', 'Snippets', TextQuote)] : []),
        ...(may('executions:run') ? [link('/playground', 'Playground', FlaskConical)] : []),
        ...(may('executions:list') ? [link('/executions', 'Executions', ListTree)] : []),
        ...(may('analytics:read') ? [link('/analytics', 'Analytics', ChartNoAxesCombined)] : []),
      ],
    },
    {
      title: 'Evaluate',
      screens: [
        ...(may('executions:list')
          ? [
              link('/datasets', 'Datasets', Database),
              link('/experiments', 'Experiments', Scale),
              link('/scorers', 'Scorers', Gavel),
            ]
          : []),
        ...(may('scores:write') && may('executions:read')
          ? [link('/annotation', 'Annotation', ListChecks)]
          : []),
      ],
    },
    {
      title: 'Govern',
      screens: [
        ...(may('prompts:read') ? [link('/rollouts', 'Rollouts', Split)] : []),
        link('/changes', 'Changes', GitPullRequestArrow),
        ...(may('audit:read') ? [link('/audit', 'Audit', FileClock)] : []),
        ...withTabs('Keys and members', KeyRound, access),
        ...withTabs('Settings', Settings, settings),
      ],
    },
  ];
}

function link(path: string, title: string, icon: LucideIcon): ScreenLink {
  return { path, title, icon, tabs: [] };
}

/** Returns one link to the first of its tabs. */
function withTabs(title: string, icon: LucideIcon, tabs: ScreenLink['tabs']): readonly ScreenLink[] {
  const [first] = tabs;
  return first === undefined ? [] : [{ path: first[0], title, icon, tabs }];
}
