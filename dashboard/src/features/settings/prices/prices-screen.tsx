import type { Price, PriceList } from '@prompt-ledger/client';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useMay } from '../../../api/use-session';
import { Button } from '../../../ui/controls/button';
import { Select } from '../../../ui/controls/field';
import type { Column } from '../../../ui/data-table';
import { EmptyState } from '../../../ui/empty-state';
import { usePages } from '../../../ui/hooks/use-pages';
import { List } from '../../../ui/list';
import { Screen } from '../../../ui/screen';
import { dollars, fullTime } from '../../../ui/text/format';
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';
import { SettingsTabs } from '../settings-tabs';
import { ImportPricesDialog } from './import-prices-dialog';
import { NewPriceDialog } from './new-price-dialog';
import { PriceDialog } from './price-dialog';

const route = getRouteApi('/prices');

const pricesOf = ({ prices }: PriceList) => prices;

const COLUMNS: readonly Column<Price>[] = [
  {
    id: 'model',
    title: 'Model',
    width: 'minmax(130px, 2fr)',
    cell: ({ provider, model_name: name }) => (
      <>
        <span className="text-ink-3">{visibleText(provider)}</span>{' '}
        <span className="font-[560]">{visibleText(name)}</span>
      </>
    ),
  },
  {
    id: 'input',
    title: 'Prompt',
    width: 'minmax(70px, 90px)',
    isNumber: true,
    cell: ({ input_usd_per_mtok: price }) => dollars(price),
  },
  {
    id: 'cached',
    title: 'Cached',
    width: '90px',
    isNumber: true,
    isMinor: true,
    cell: ({ cached_input_usd_per_mtok: price }) => (price === null ? '–' : dollars(price)),
  },
  {
    id: 'output',
    title: 'Answer',
    width: 'minmax(70px, 90px)',
    isNumber: true,
    cell: ({ output_usd_per_mtok: price }) => dollars(price),
  },
  {
    id: 'valid',
    title: 'Valid',
    width: 'minmax(160px, 1.4fr)',
    isMinor: true,
    cell: ({ valid_from: from, valid_to: to }) => (
      <span title={`${fullTime(from)} – ${to === null ? 'until another begins' : fullTime(to)}`}>
        since <Time at={from} />
        {to !== null && (
          <>
            , until <Time at={to} />
          </>
        )}
      </span>
    ),
  },
  {
    id: 'source',
    title: 'From',
    width: 'minmax(120px, 1.6fr)',
    isMinor: true,
    cell: ({ source }) => <span className="text-ink-2">{visibleText(source ?? '')}</span>,
  },
];

/** Shows the prices of models, in dollars for a million tokens. */
export function PricesScreen() {
  const { show } = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMay('models:write');
  const listed = usePages<Price, PriceList>(
    ['prices', show ?? 'now'],
    (signal) => ledger.prices.list({ limit: 200, ...(show === 'all' ? {} : { at: new Date() }) }, { signal }),
    pricesOf,
  );
  const [opened, setOpened] = useState<Price | 'new' | 'import' | null>(null);
  const close = () => setOpened(null);
  const refresh = () => void queryClient.invalidateQueries({ queryKey: ['prices'] });
  const done = () => {
    close();
    refresh();
  };
  return (
    <Screen
      title="Prices"
      tabs={<SettingsTabs />}
      actions={
        <>
          <Select
            aria-label="Which prices"
            value={show ?? ''}
            onChange={({ target }) =>
              void navigate({ search: target.value === 'all' ? { show: 'all' } : {} })
            }
          >
            <option value="">In force now</option>
            <option value="all">All, former ones too</option>
          </Select>
          {mayWrite && (
            <>
              <Button onClick={() => setOpened('import')}>Import a file</Button>
              <Button tone="primary" onClick={() => setOpened('new')}>
                Add a price
              </Button>
            </>
          )}
        </>
      }
    >
      <List
        label="Prices"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ price_id: id }) => id}
        onOpen={mayWrite ? setOpened : undefined}
        empty={
          <EmptyState
            title="No price is in force"
            command={`curl ${window.location.origin}/v1/prices \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"provider": "openai", "model_name": "gpt-4o-mini", "input_usd_per_mtok": "0.15", "output_usd_per_mtok": "0.6"}'`}
          >
            Without a price the cost of an execution is unknown. Say what a model costs here, or with the API:
          </EmptyState>
        }
      >
        <p className="m-0 flex-none text-ink-3">Dollars for a million tokens.</p>
      </List>
      {opened === 'new' && <NewPriceDialog onDone={done} onClose={close} />}
      {opened === 'import' && <ImportPricesDialog onImported={refresh} onClose={close} />}
      {opened !== null && typeof opened === 'object' && (
        <PriceDialog price={opened} onDone={done} onClose={close} />
      )}
    </Screen>
  );
}
