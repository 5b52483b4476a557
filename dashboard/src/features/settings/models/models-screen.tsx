import type { Model } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useMay } from '../../../api/use-session';
import { Button } from '../../../ui/controls/button';
import type { Column } from '../../../ui/data-table';
import { EmptyState } from '../../../ui/empty-state';
import { useWhole } from '../../../ui/hooks/use-whole';
import { List } from '../../../ui/list';
import { Screen } from '../../../ui/screen';
import { count } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { SettingsTabs } from '../settings-tabs';
import { ModelDialog } from './model-dialog';

const COLUMNS: readonly Column<Model>[] = [
  {
    id: 'model',
    title: 'Model',
    width: 'minmax(140px, 2fr)',
    cell: ({ model_name: name }) => <span className="font-[560]">{visibleText(name)}</span>,
  },
  {
    id: 'provider',
    title: 'Provider',
    width: 'minmax(90px, 1fr)',
    cell: ({ provider }) => visibleText(provider),
  },
  {
    id: 'tokens',
    title: 'Most tokens of an answer',
    width: '180px',
    isNumber: true,
    isMinor: true,
    cell: ({ max_tokens: tokens }) => (tokens === null ? 'unknown' : count(tokens)),
  },
  {
    id: 'streams',
    title: 'Streams',
    width: '90px',
    isMinor: true,
    cell: ({ supports_streaming: streams }) => (streams ? 'yes' : 'no'),
  },
];

/** Lists the models that the project may call. */
export function ModelsScreen() {
  const mayWrite = useMay('models:write');
  const listed = useWhole(['models'], async (signal) => (await ledger.models.list({ signal })).data);
  const [opened, setOpened] = useState<Model | 'new' | null>(null);
  const add = mayWrite ? (
    <Button tone="primary" onClick={() => setOpened('new')}>
      Allow a model
    </Button>
  ) : undefined;
  return (
    <Screen title="Models" tabs={<SettingsTabs />} actions={add}>
      <List
        label="Models"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ id }) => id}
        onOpen={mayWrite ? setOpened : undefined}
        empty={
          <EmptyState
            title="No model is allowed yet"
            command={`curl -X PUT ${window.location.origin}/v1/models/echo/echo \\
  -H "X-API-Key: $API_KEY" \\
  -d '{}'`}
            action={add}
          >
            Executions may only ask models that are on this list. An admin allows one here, or with the API;{' '}
            <span className="mono">echo</span> answers with the prompt it got and needs no account:
          </EmptyState>
        }
      />
      {opened !== null && (
        <ModelDialog
          model={opened === 'new' ? null : opened}
          onDone={() => {
            setOpened(null);
            void queryClient.invalidateQueries({ queryKey: ['models'] });
          }}
          onClose={() => setOpened(null)}
        />
      )}
    </Screen>
  );
}
