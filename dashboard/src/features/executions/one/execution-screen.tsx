import type { Execution } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useMay } from '../../../api/use-session';
import { Button, buttonClass } from '../../../ui/controls/button';
import { Chip } from '../../../ui/chip';
import { CopyButton } from '../../../ui/controls/copy-button';
import { dollars, duration, fullTime } from '../../../ui/text/format';
import { Fact, Facts, Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';
import { Screen, ScreenBody } from '../../../ui/screen';
import { say } from '../../../ui/toasts';
import { visibleText } from '../../../ui/text/visible-text';
import { AttemptsTable } from './attempts-table';
import { CallbackPanel } from '../callback-panel';
import { ContentPanels } from '../content-panels';
import { EraseButton } from './erase-button';
import { Lineage } from './lineage';
import { OutcomesPanel } from './outcomes-panel';
import { ReplayButton } from './replay-button';
import { ScoresPanel } from './scores-panel';
import { ExecutionsCrumb } from '../executions-crumb';
import { StatusChip } from '../status-chip';
import { UnreadItem } from '../unread-item';
import { useExecution } from '../use-execution';

const route = getRouteApi('/executions/$id');

/** One execution from its prompt to its cost. */
export function ExecutionScreen() {
  const { id } = route.useParams();
  const mayRun = useMay('executions:run');
  const { data, error, refetch } = useExecution(id);
  const crumb = <ExecutionsCrumb />;
  if (data === undefined) {
    return (
      <UnreadItem id={id} label="Execution" crumb={crumb} error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <Screen
      title={id.slice(0, 13)}
      crumb={crumb}
      chips={
        <>
          <StatusChip status={data.status} />
          <Chip>{visibleText(data.environment)}</Chip>
          {data.origin === 'recorded' && <Chip tone="info">recorded</Chip>}
          <CopyButton text={id} label="Copy the id" />
        </>
      }
      actions={
        <>
          {data.status === 'queued' && <CancelButton id={id} />}
          <EraseButton execution={data} />
          <Link to="/executions/$id/compare" params={{ id }} search={{}} className={buttonClass()}>
            Compare
          </Link>
          {mayRun && <ReplayButton execution={data} />}
          {mayRun && (data.content_erased_at ?? null) === null && (
            <Link to="/playground" search={{ execution: id }} className={buttonClass()}>
              Open in playground
            </Link>
          )}
        </>
      }
    >
      <ScreenBody label="Execution">
        <div className="grid gap-3.5 lg:grid-cols-[380px_minmax(0,1fr)]">
          <div className="grid min-w-0 content-start gap-3.5">
            <Lineage execution={data} />
            <FactsPanel execution={data} />
            <ScoresPanel executionId={id} />
            <OutcomesPanel executionId={id} />
          </div>
          <div className="grid min-w-0 content-start gap-3.5">
            <ContentPanels execution={data} />
            <AttemptsTable attempts={data.attempts} />
            {data.callback_url !== null && (
              <CallbackPanel
                of="execution"
                // The callback is due once the execution is over, so another status is another question.
                queryKey={['executions', 'deliveries', id, data.status]}
                read={(signal) => ledger.webhooks.deliveriesOfExecution(id, { signal })}
              />
            )}
          </div>
        </div>
      </ScreenBody>
    </Screen>
  );
}

function CancelButton({ id }: { readonly id: string }) {
  const mayRun = useMay('executions:run');
  const cancel = useMutation({
    mutationFn: () => ledger.executions.cancel(id),
    onSuccess: () => say('It was canceled; nothing was sent.'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['executions'] }),
  });
  if (!mayRun) return null;
  return (
    <>
      {cancel.isError && <Problem error={cancel.error} />}
      <Button tone="danger" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
        Cancel
      </Button>
    </>
  );
}

function FactsPanel({ execution }: { readonly execution: Execution }) {
  const { telemetry, metadata = {} } = execution;
  const params = Object.entries(execution.params).filter(([, value]) => value != null);
  return (
    <Panel title="Facts">
      <Facts>
        <Fact name="Cost">{dollars(execution.cost_usd)}</Fact>
        <Fact name="Latency">{duration(telemetry.latency_ms)}</Fact>
        {telemetry.time_to_first_token_ms !== null && (
          <Fact name="First token">{duration(telemetry.time_to_first_token_ms)}</Fact>
        )}
        <Fact name="Model">{visibleText(`${execution.model.provider}/${execution.model.model_name}`)}</Fact>
        {execution.route !== null && <Fact name="Route">{visibleText(execution.route)}</Fact>}
        <Fact name="Mode">
          {execution.mode === 'sync' ? 'sync, the caller waited' : 'async, it was queued'}
        </Fact>
        <Fact name="Created">{fullTime(execution.created_at)}</Fact>
        {execution.completed_at !== null && <Fact name="Completed">{fullTime(execution.completed_at)}</Fact>}
        {execution.correlation_id !== null && (
          <Fact name="Correlation">
            <Link
              to="/executions"
              search={{ correlation: execution.correlation_id }}
              className="mono text-accent"
            >
              {visibleText(execution.correlation_id)}
            </Link>
          </Fact>
        )}
        {execution.batch_id !== null && (
          <Fact name="Batch">
            <Link
              to="/executions/batches/$id"
              params={{ id: execution.batch_id }}
              className="mono text-accent"
            >
              {execution.batch_id.slice(0, 13)}
            </Link>
          </Fact>
        )}
        {execution.cached_from !== null && (
          <Fact name="From the cache">
            <Link to="/executions/$id" params={{ id: execution.cached_from }} className="mono text-accent">
              {execution.cached_from.slice(0, 13)}
            </Link>
          </Fact>
        )}
        {params.map(([name, value]) => (
          <Fact key={name} name={name}>
            {visibleText(String(value))}
          </Fact>
        ))}
        {Object.entries(metadata).map(([name, value]) => (
          <Fact key={`metadata ${name}`} name={visibleText(name)}>
            {visibleText(value)}
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}
