import type { Dataset, DatasetItem, DatasetItems } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { compactJson } from '../../api/json-text';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Button } from '../../ui/controls/button';
import type { Column } from '../../ui/data-table';
import { Dialog } from '../../ui/dialog';
import { EmptyState } from '../../ui/empty-state';
import { usePages } from '../../ui/hooks/use-pages';
import { JsonBlock } from '../../ui/json-block';
import { List } from '../../ui/list';
import { Fact, Facts } from '../../ui/panel';
import { shortHash } from '../../ui/text/format';
import { visibleText } from '../../ui/text/visible-text';

const itemsOf = ({ items }: DatasetItems) => items;
const MAX_CELL_CHARS = 300;

const oneLine = (value: unknown) => visibleText(compactJson(value).slice(0, MAX_CELL_CHARS));

const COLUMNS: readonly Column<DatasetItem>[] = [
  {
    id: 'id',
    title: 'Id',
    width: 'minmax(90px, 1fr)',
    cell: ({ external_id: id, item_hash: hash }) =>
      id == null ? <span className="mono text-ink-3">{shortHash(hash)}</span> : visibleText(id),
  },
  {
    id: 'variables',
    title: 'Variables',
    width: 'minmax(140px, 3fr)',
    cell: ({ variables }) => <span className="mono">{oneLine(variables)}</span>,
  },
  {
    id: 'expected',
    title: 'Expected',
    width: 'minmax(110px, 2fr)',
    isMinor: true,
    cell: ({ expected }) =>
      expected === undefined ? (
        <span className="text-ink-3">nothing</span>
      ) : (
        <span className="mono">{oneLine(expected)}</span>
      ),
  },
];

/** Lists the items of one version. */
export function ItemsTab({
  dataset: { name, version: current },
  version,
  onImport,
}: {
  readonly dataset: Dataset;
  /** Undefined for the current version. */
  readonly version: string | undefined;
  readonly onImport: () => void;
}) {
  const mayRead = useMay('executions:read');
  const mayWrite = useMay('evaluations:write');
  const [opened, setOpened] = useState<DatasetItem | null>(null);
  if (!mayRead) {
    return (
      <EmptyState title="Your role may not read items">
        They are contents, as those of executions are: ask an admin of the project for the role of a runner.
      </EmptyState>
    );
  }
  return (
    <>
      <Items
        key={version ?? current}
        name={name}
        version={version}
        onOpen={setOpened}
        onImport={mayWrite ? onImport : null}
      />
      {opened !== null && <ItemDialog item={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

function Items({
  name,
  version,
  onOpen,
  onImport,
}: {
  readonly name: string;
  readonly version: string | undefined;
  readonly onOpen: (item: DatasetItem) => void;
  readonly onImport: (() => void) | null;
}) {
  const listed = usePages<DatasetItem, DatasetItems>(
    ['datasets', 'items', name, version ?? 'current'],
    (signal) =>
      ledger.datasets.listItems(
        name,
        { limit: 100, ...(version === undefined ? {} : { version }) },
        { signal },
      ),
    itemsOf,
  );
  return (
    <List
      label="Items"
      columns={COLUMNS}
      listed={listed}
      rowKey={({ item_id: id }) => id}
      onOpen={onOpen}
      empty={
        <EmptyState
          title="No items yet"
          command={`curl ${window.location.origin}/v1/datasets/${encodeURIComponent(name)}/items \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"items": [{"external_id": "one", "variables": {"name": "Ada"}, "expected": "Hello Ada"}]}'`}
          action={
            onImport !== null && (
              <Button tone="primary" onClick={onImport}>
                Import a file
              </Button>
            )
          }
        >
          Import a CSV, JSON or JSON lines file, make items of executions, or add some with the API:
        </EmptyState>
      }
    >
      {version !== undefined && (
        <p className="m-0 flex-none text-ink-2">
          Version <span className="mono">{shortHash(version)}</span>, as it was.{' '}
          <Link to="/datasets/$name" params={{ name }} search={{}} className="text-accent underline">
            Show the current one
          </Link>
        </p>
      )}
    </List>
  );
}

function ItemDialog({ item, onClose }: { readonly item: DatasetItem; readonly onClose: () => void }) {
  const {
    external_id: id,
    item_hash: hash,
    variables,
    expected,
    metadata,
    source_execution_id: source,
  } = item;
  return (
    <Dialog title={visibleText(id ?? 'Item')} isOpen isWide onClose={onClose}>
      <div className="grid gap-3">
        <div className="-mx-3.5">
          <Facts>
            <Fact name="Hash">
              <span className="mono break-all">{hash}</span>
            </Fact>
            {source !== null && (
              <Fact name="Made of">
                <Link to="/executions/$id" params={{ id: source }} className="text-accent">
                  an execution
                </Link>
              </Fact>
            )}
          </Facts>
        </div>
        <h3 className="m-0 text-[12.5px] font-semibold">Variables</h3>
        <JsonBlock value={variables} label="Variables" />
        <h3 className="m-0 text-[12.5px] font-semibold">Expected</h3>
        {expected === undefined ? (
          <p className="m-0 text-ink-3">Nothing is expected.</p>
        ) : (
          <JsonBlock value={expected} label="Expected" />
        )}
        {metadata != null && (
          <>
            <h3 className="m-0 text-[12.5px] font-semibold">Metadata</h3>
            <JsonBlock value={metadata} label="Metadata" />
          </>
        )}
      </div>
    </Dialog>
  );
}
