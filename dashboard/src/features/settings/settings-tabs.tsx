import { Link } from '@tanstack/react-router';
import { useMay, useMe } from '../../api/use-session';
import { TAB_CLASS, Tabs } from '../../ui/controls/tabs';

/** The parts of the settings that the caller may see. */
export function SettingsTabs() {
  const mayKeys = useMay('keys:write');
  const isInstance = useMe().kind === 'instance';
  const tabs: readonly (readonly [path: string, title: string, isSeen: boolean])[] = [
    ['/settings', 'Project', useMay('settings:write')],
    ['/environments', 'Environments', useMay('prompts:read')],
    ['/models', 'Models', true],
    ['/prices', 'Prices', useMay('analytics:read')],
    ['/routes', 'Routes', true],
    ['/provider-keys', 'Provider keys', useMay('secrets:write')],
    ['/webhooks', 'Webhooks', mayKeys],
    ['/projects', 'Projects', isInstance],
  ];
  return (
    <Tabs label="Settings">
      {tabs
        .filter(([, , isSeen]) => isSeen)
        .map(([path, title]) => (
          <Link key={path} to={path} className={TAB_CLASS}>
            {title}
          </Link>
        ))}
    </Tabs>
  );
}
