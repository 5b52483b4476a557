import type { Dataset, DatasetVersion, DatasetVersions } from '@prompt-ledger/client';
import { getRouteApi } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { Chip } from '../../ui/chip';
import type { Column } from '../../ui/data-table';
import { EmptyState } from '../../ui/empty-state';
import { usePages } from '../../ui/hooks/use-pages';
import { List } from '../../ui/list';
import { count, shortHash } from '../../ui/text/format';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';

const route = getRouteApi('/datasets/$name');

const versionsOf = ({ versions }: DatasetVersions) => versions;

const COLUMNS: readonly Column<DatasetVersion>[] = [
  {
    id: 'version',
    title: 'Version',
    width: 'minmax(150px, 1.4fr)',
    cell: ({ version, current }) => (
      <>
        <span className="mono" title={version}>
          {shortHash(version)}
        </span>{' '}
        {current && <Chip tone="accent">current</Chip>}
      </>
    ),
  },
  {
    id: 'items',
    title: 'Items',
    width: '84px',
    isNumber: true,
    cell: ({ item_count: items }) => count(items),
  },
  {
    id: 'by',
    title: 'By',
    width: 'minmax(90px, 1fr)',
    isMinor: true,
    cell: ({ created_by: by }) => visibleText(by),
  },
  { id: 'at', title: 'Made', width: '138px', cell: ({ created_at: at }) => <Time at={at} /> },
];

/** Lists every version of the dataset; a row shows its items. */
export function VersionsTab({ dataset }: { readonly dataset: Dataset }) {
  const navigate = route.useNavigate();
  const listed = usePages<DatasetVersion, DatasetVersions>(
    ['datasets', 'versions', dataset.name],
    (signal) => ledger.datasets.versions(dataset.name, { limit: 100 }, { signal }),
    versionsOf,
  );
  return (
    <List
      label="Versions"
      columns={COLUMNS}
      listed={listed}
      rowKey={({ version }) => version}
      onOpen={({ version, current }) => void navigate({ search: current ? {} : { version } })}
      empty={<EmptyState title="No version yet">The first items make the first one.</EmptyState>}
    />
  );
}
