import type { DatasetList, DatasetSummary } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Button } from '../../ui/controls/button';
import type { Column } from '../../ui/data-table';
import { EmptyState } from '../../ui/empty-state';
import { usePages } from '../../ui/hooks/use-pages';
import { List } from '../../ui/list';
import { Screen } from '../../ui/screen';
import { count, shortHash } from '../../ui/text/format';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { DatasetDialog } from './dataset-dialog';

const datasetsOf = ({ datasets }: DatasetList) => datasets;

const COLUMNS: readonly Column<DatasetSummary>[] = [
  {
    id: 'name',
    title: 'Dataset',
    width: 'minmax(120px, 1.6fr)',
    cell: ({ name }) => <span className="font-[560]">{visibleText(name)}</span>,
  },
  {
    id: 'items',
    title: 'Items',
    width: '84px',
    isNumber: true,
    cell: ({ item_count: items }) => count(items),
  },
  {
    id: 'version',
    title: 'Version',
    width: '110px',
    isMinor: true,
    cell: ({ version }) => <span className="mono">{version === null ? '–' : shortHash(version)}</span>,
  },
  {
    id: 'description',
    title: 'Description',
    width: 'minmax(120px, 2fr)',
    isMinor: true,
    cell: ({ description }) => <span className="text-ink-2">{visibleText(description ?? '')}</span>,
  },
  { id: 'at', title: 'Changed', width: '138px', cell: ({ updated_at: at }) => <Time at={at} /> },
];

/** Lists of items to try prompts on. */
export function DatasetsScreen() {
  const mayWrite = useMay('evaluations:write');
  const listed = usePages<DatasetSummary, DatasetList>(
    ['datasets', 'list'],
    (signal) => ledger.datasets.list({ limit: 100 }, { signal }),
    datasetsOf,
  );
  const [isMaking, setMaking] = useState(false);
  const make = mayWrite ? (
    <Button tone="primary" onClick={() => setMaking(true)}>
      Make a dataset
    </Button>
  ) : undefined;
  return (
    <Screen title="Datasets" actions={make}>
      <List
        label="Datasets"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ dataset_id: id }) => id}
        rowPath={({ name }) => `/datasets/${encodeURIComponent(name)}`}
        empty={
          <EmptyState
            title="No datasets yet"
            command={`curl -X PUT ${window.location.origin}/v1/datasets/tickets \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"description": "Tickets that were hard to answer"}'`}
            action={make}
          >
            A dataset is a list of variables, and of the answers that are expected, to try prompts on. Make
            one and import a file, or begin with the API:
          </EmptyState>
        }
      />
      {isMaking && <DatasetDialog onClose={() => setMaking(false)} />}
    </Screen>
  );
}
