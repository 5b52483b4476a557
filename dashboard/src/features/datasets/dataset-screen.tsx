import type { Dataset } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';
import { useMay } from '../../api/use-session';
import { Chip } from '../../ui/chip';
import { Button } from '../../ui/controls/button';
import { TAB_CLASS, Tabs } from '../../ui/controls/tabs';
import { ConfirmDialog } from '../../ui/form/confirm-dialog';
import { Problem } from '../../ui/problem';
import { Screen, ScreenBody } from '../../ui/screen';
import { count, shortHash } from '../../ui/text/format';
import { visibleText } from '../../ui/text/visible-text';
import { FromExecutionsDialog } from './from-executions-dialog';
import { ImportDialog } from './import-dialog';
import { ItemsTab } from './items-tab';
import { NewItemDialog } from './new-item-dialog';
import { VersionsTab } from './versions-tab';

const route = getRouteApi('/datasets/$name');

type Asked = 'import' | 'item' | 'executions' | 'delete';

/** One dataset: its items by version, and the ways to add some. */
export function DatasetScreen() {
  const { name } = route.useParams();
  const { data, error, refetch } = useQuery({
    queryKey: ['datasets', 'one', name],
    queryFn: async ({ signal }): Promise<Dataset> => ledger.datasets.get(name, { signal }),
  });
  if (data === undefined) {
    return (
      <Screen title={name} crumb={<Crumb />}>
        <ScreenBody label={name}>
          {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
        </ScreenBody>
      </Screen>
    );
  }
  return <Shown key={name} dataset={data} />;
}

function Shown({ dataset }: { readonly dataset: Dataset }) {
  const { name, item_count: items, version, description } = dataset;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMay('evaluations:write');
  const mayRead = useMay('executions:read');
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const done = () => {
    close();
    void queryClient.invalidateQueries({ queryKey: ['datasets'] });
  };
  const changes: readonly (readonly [asked: Asked, label: string])[] = [
    ['delete', 'Delete …'],
    ...(mayRead ? [['executions', 'From executions …'] as const] : []),
    ['item', 'Add an item'],
    ['import', 'Import a file'],
  ];
  return (
    <Screen
      title={visibleText(name)}
      crumb={<Crumb />}
      chips={
        <>
          <Chip>{`${count(items)} ${items === 1 ? 'item' : 'items'}`}</Chip>
          {version !== null && (
            <span className="mono text-ink-3" title={version}>
              {shortHash(version)}
            </span>
          )}
        </>
      }
      actions={
        mayWrite &&
        changes.map(([what, label]) => (
          <Button
            key={what}
            tone={what === 'delete' ? 'danger' : what === 'import' ? 'primary' : 'plain'}
            onClick={() => setAsked(what)}
          >
            {label}
          </Button>
        ))
      }
      tabs={
        <Tabs label="Parts of the dataset">
          <Link
            to="/datasets/$name"
            params={{ name }}
            search={{}}
            className={TAB_CLASS}
            activeOptions={{ includeSearch: true, exact: true }}
            aria-current={search.tab === undefined ? 'page' : undefined}
          >
            Items
          </Link>
          <Link
            to="/datasets/$name"
            params={{ name }}
            search={{ tab: 'versions' }}
            className={TAB_CLASS}
            aria-current={search.tab === 'versions' ? 'page' : undefined}
          >
            Versions
          </Link>
          <span className="grow" />
          {description !== null && (
            <span className="hidden truncate py-2 text-ink-3 lg:block">{visibleText(description)}</span>
          )}
        </Tabs>
      }
    >
      {search.tab === 'versions' ? (
        <VersionsTab dataset={dataset} />
      ) : (
        <ItemsTab dataset={dataset} version={search.version} onImport={() => setAsked('import')} />
      )}
      {asked === 'import' && <ImportDialog dataset={dataset} onDone={done} onClose={close} />}
      {asked === 'item' && <NewItemDialog dataset={dataset} onDone={done} onClose={close} />}
      {asked === 'executions' && <FromExecutionsDialog dataset={dataset} onDone={done} onClose={close} />}
      {asked === 'delete' && (
        <ConfirmDialog
          title={`Delete ${name}?`}
          action="Delete the dataset"
          done={`Dataset ${name} is gone.`}
          run={() => ledger.datasets.delete(name)}
          onDone={() => {
            queryClient.removeQueries({ queryKey: ['datasets', 'one', name] });
            void navigate({ to: '/datasets' });
            void queryClient.invalidateQueries({ queryKey: ['datasets', 'list'] });
          }}
          onClose={close}
        >
          Its name is free again. Experiments that were measured on it keep what they found.
        </ConfirmDialog>
      )}
    </Screen>
  );
}

function Crumb() {
  return (
    <>
      <Link to="/datasets" className="text-ink-3 no-underline hover:text-ink">
        Datasets
      </Link>{' '}
      /
    </>
  );
}
