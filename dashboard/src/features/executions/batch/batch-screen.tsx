import type { Batch } from '@prompt-ledger/client';
import { getRouteApi, Link, Navigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useMay } from '../../../api/use-session';
import { Chip } from '../../../ui/chip';
import { Button, buttonClass } from '../../../ui/controls/button';
import { CopyButton } from '../../../ui/controls/copy-button';
import { ConfirmDialog } from '../../../ui/form/confirm-dialog';
import { Fact, Facts, Panel } from '../../../ui/panel';
import { ProgressPanel } from '../../../ui/progress-panel';
import { Screen, ScreenBody } from '../../../ui/screen';
import { count, fullTime } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { CallbackPanel } from '../callback-panel';
import { ExecutionsCrumb } from '../executions-crumb';
import { STATUSES } from '../executions-search';
import { UnreadItem } from '../unread-item';
import { useBatch } from './use-batch';

const route = getRouteApi('/executions/batches/$id');

/** Shows the progress and the results of executions that were submitted together. */
export function BatchScreen() {
  const { id } = route.useParams();
  const { data, error, refetch } = useBatch(id);
  if (data === null) return <Navigate to="/experiments/$id" params={{ id }} search={{}} replace />;
  const crumb = <ExecutionsCrumb what="Batch" />;
  if (data === undefined) {
    return <UnreadItem id={id} label="Batch" crumb={crumb} error={error} onRetry={() => void refetch()} />;
  }
  return (
    <Screen
      title={id.slice(0, 13)}
      crumb={crumb}
      chips={
        <>
          <Chip tone={data.status === 'completed' ? 'good' : 'info'}>{data.status}</Chip>
          <Chip>{visibleText(data.environment)}</Chip>
          <CopyButton text={id} label="Copy the id" />
        </>
      }
      actions={
        <>
          {data.counts.queued > 0 && <CancelButton batch={data} />}
          <Link to="/executions" search={{ batch: id }} className={buttonClass()}>
            Its executions
          </Link>
        </>
      }
    >
      <ScreenBody label="Batch">
        <div className="grid gap-3.5 lg:grid-cols-[380px_minmax(0,1fr)]">
          <div className="grid min-w-0 content-start gap-3.5">
            <FactsPanel batch={data} />
          </div>
          <div className="grid min-w-0 content-start gap-3.5">
            <ProgressPanel
              title={data.status === 'completed' ? 'Completed' : 'Under way'}
              label="Executions that are over"
              total={data.total}
              counts={data.counts}
            />
            <ResultsPanel batch={data} />
            {data.callback_url !== null && (
              <CallbackPanel
                of="batch"
                // It is sent a moment after the last execution.
                isDue={data.status === 'completed'}
                queryKey={['executions', 'batch', id, 'deliveries', data.status]}
                read={(signal) => ledger.webhooks.deliveriesOfBatch(id, { signal })}
              />
            )}
          </div>
        </div>
      </ScreenBody>
    </Screen>
  );
}

function FactsPanel({ batch }: { readonly batch: Batch }) {
  const { prompt_name: name, version_number: version, model } = batch;
  return (
    <Panel title="Facts">
      <Facts>
        <Fact name="Prompt">
          <Link
            to="/prompts/$name"
            params={{ name }}
            search={{ tab: 'versions', version }}
            className="text-accent"
          >
            {visibleText(`${name} v${version}`)}
          </Link>
        </Fact>
        <Fact name="Model">{visibleText(`${model.provider}/${model.model_name}`)}</Fact>
        <Fact name="Executions">{count(batch.total)}</Fact>
        <Fact name="Created">{fullTime(batch.created_at)}</Fact>
        {batch.canceled_at !== null && <Fact name="Canceled">{fullTime(batch.canceled_at)}</Fact>}
        {batch.completed_at !== null && <Fact name="Completed">{fullTime(batch.completed_at)}</Fact>}
        {batch.callback_url !== null && <Fact name="Callback">{visibleText(batch.callback_url)}</Fact>}
      </Facts>
    </Panel>
  );
}

/** Links each number to its executions. */
function ResultsPanel({ batch: { batch_id: id, counts } }: { readonly batch: Batch }) {
  return (
    <Panel title="Results">
      <Facts>
        {STATUSES.map((status) => (
          <Fact key={status} name={status}>
            {counts[status] === 0 ? (
              '0'
            ) : (
              <Link to="/executions" search={{ batch: id, status }} className="text-accent">
                {count(counts[status])}
              </Link>
            )}
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}

function CancelButton({ batch: { batch_id: id, counts } }: { readonly batch: Batch }) {
  const mayRun = useMay('executions:run');
  const [isAsking, setAsking] = useState(false);
  if (!mayRun) return null;
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['executions'] });
  return (
    <>
      <Button tone="danger" onClick={() => setAsking(true)}>
        Cancel …
      </Button>
      {isAsking && (
        <ConfirmDialog
          title="Cancel what waits?"
          action="Cancel it"
          done="What waited is canceled; nothing of it was sent."
          run={() => ledger.batches.cancel(id)}
          onDone={() => {
            setAsking(false);
            void refresh();
          }}
          onClose={() => setAsking(false)}
        >
          {`${count(counts.queued)} of its executions wait and are canceled. What is being called goes on.`}
        </ConfirmDialog>
      )}
    </>
  );
}
