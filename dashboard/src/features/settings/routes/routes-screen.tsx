import type { Route, RouteList } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useMay } from '../../../api/use-session';
import { Button } from '../../../ui/controls/button';
import type { Column } from '../../../ui/data-table';
import { EmptyState } from '../../../ui/empty-state';
import { usePages } from '../../../ui/hooks/use-pages';
import { List } from '../../../ui/list';
import { Screen } from '../../../ui/screen';
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';
import { SettingsTabs } from '../settings-tabs';
import { RouteDialog } from './route-dialog';

const routesOf = ({ routes }: RouteList) => routes;

const COLUMNS: readonly Column<Route>[] = [
  {
    id: 'name',
    title: 'Route',
    width: 'minmax(100px, 1fr)',
    cell: ({ name }) => <span className="font-[560]">{visibleText(name)}</span>,
  },
  {
    id: 'targets',
    title: 'Leads to',
    width: 'minmax(150px, 2.4fr)',
    cell: ({ targets }) =>
      visibleText(
        targets
          .map(
            ({ provider, model_name: model, weight }) =>
              `${provider}/${model}${weight === null ? '' : ` × ${weight}`}`,
          )
          .join(', '),
      ),
  },
  {
    id: 'strategy',
    title: 'By',
    width: '90px',
    isMinor: true,
    cell: ({ strategy }) => (strategy === 'order' ? 'order' : 'weights'),
  },
  {
    id: 'description',
    title: 'Description',
    width: 'minmax(110px, 1.4fr)',
    isMinor: true,
    cell: ({ description }) => <span className="text-ink-2">{visibleText(description ?? '')}</span>,
  },
  {
    id: 'at',
    title: 'Changed',
    width: '138px',
    isMinor: true,
    cell: ({ updated_at: at }) => <Time at={at} />,
  },
];

/** Lists routes, each of which gives several models one name. */
export function RoutesScreen() {
  const mayWrite = useMay('models:write');
  const listed = usePages<Route, RouteList>(
    ['routes'],
    (signal) => ledger.routes.list({ limit: 100 }, { signal }),
    routesOf,
  );
  const [opened, setOpened] = useState<Route | 'new' | null>(null);
  const add = mayWrite ? (
    <Button tone="primary" onClick={() => setOpened('new')}>
      Make a route
    </Button>
  ) : undefined;
  return (
    <Screen title="Routes" tabs={<SettingsTabs />} actions={add}>
      <List
        label="Routes"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ route_id: id }) => id}
        onOpen={mayWrite ? setOpened : undefined}
        empty={
          <EmptyState
            title="No routes yet"
            command={`curl -X PUT ${window.location.origin}/v1/routes/fast \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"targets": [{"provider": "echo", "model_name": "echo"}]}'`}
            action={add}
          >
            A route is a name for several models: the next one is tried when one fails, or they are drawn by
            weight. An admin makes one here, or with the API:
          </EmptyState>
        }
      />
      {opened !== null && (
        <RouteDialog
          route={opened === 'new' ? null : opened}
          onDone={() => {
            setOpened(null);
            void queryClient.invalidateQueries({ queryKey: ['routes'] });
          }}
          onClose={() => setOpened(null)}
        />
      )}
    </Screen>
  );
}
