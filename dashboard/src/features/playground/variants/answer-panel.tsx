import { ApiError } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { useMay } from '../../../api/use-session';
import { Chip, type ChipTone } from '../../../ui/chip';
import { Button } from '../../../ui/controls/button';
import { CopyButton } from '../../../ui/controls/copy-button';
import { Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';
import { count, dollars, duration } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import type { Run } from './run-store';

const STATES: Readonly<Record<Run['state'], readonly [words: string, tone: ChipTone]>> = {
  running: ['running', 'info'],
  done: ['succeeded', 'good'],
  failed: ['failed', 'bad'],
  stopped: ['stopped', 'warn'],
};

/** Shows the answer, its latency and its cost. */
export function AnswerPanel({
  name,
  run,
  onRun,
  onDataset,
}: {
  readonly name: string;
  readonly run: Run | null;
  readonly onRun: () => void;
  readonly onDataset: () => void;
}) {
  const mayKeep = useMay('evaluations:write');
  if (run === null) {
    return (
      <Panel title="Answer">
        <p className="m-0 p-3 text-ink-3">It has not been run yet.</p>
      </Panel>
    );
  }
  const [words, tone] = STATES[run.state];
  const text = visibleText(run.text);
  return (
    <Panel
      title="Answer"
      aside={
        <>
          <span role="status">
            <Chip tone={tone}>{words}</Chip>
          </span>
          {run.text !== '' && <CopyButton text={run.text} label={`Copy the answer of ${name}`} />}
        </>
      }
    >
      <div className="grid gap-3 p-3">
        {run.state === 'failed' && <RunProblem run={run} onRun={onRun} />}
        {run.state === 'stopped' && (
          <p className="m-0 text-ink-2">
            You stopped it: the execution is canceled, and keeps what had come until then.
          </p>
        )}
        {run.text !== '' && (
          <pre
            tabIndex={0}
            aria-label="Text of the answer"
            className="code-block m-0 max-h-[460px] overflow-auto"
          >
            {text}
          </pre>
        )}
        {run.state === 'running' && run.text === '' && (
          <p className="m-0 text-ink-3">Waiting for the first piece …</p>
        )}
        {run.result?.tool_calls?.map(({ id, name: tool, arguments: given }) => (
          <div key={id}>
            <div className="mono pb-1 text-ink-2">{visibleText(tool)}</div>
            <pre tabIndex={0} className="code-block m-0 overflow-auto">
              {visibleText(given)}
            </pre>
          </div>
        ))}
        {run.result?.output_error != null && (
          <p className="m-0 text-bad">
            {`It does not fit its schema: ${visibleText(`${run.result.output_error.pointer} ${run.result.output_error.message}`)}`}
          </p>
        )}
        <Figures run={run} />
        {(run.executionId !== null || run.state === 'done') && (
          <div className="flex flex-wrap items-center gap-2">
            {run.executionId !== null && <ExecutionLink id={run.executionId} />}
            <span className="grow" />
            {mayKeep && run.state === 'done' && (
              <Button aria-label={`Add to dataset: the answer of ${name}`} onClick={onDataset}>
                Add to dataset
              </Button>
            )}
          </div>
        )}
      </div>
    </Panel>
  );
}

function Figures({ run }: { readonly run: Run }) {
  const { result } = run;
  const {
    prompt_tokens: sent = null,
    response_tokens: got = null,
    latency_ms: latencyMs = null,
  } = result?.telemetry ?? {};
  const firstMs = result?.telemetry.time_to_first_token_ms ?? run.firstPieceMs;
  const tokens = (value: number | null) => (value === null ? '–' : count(value));
  return (
    <dl className="m-0 grid grid-cols-4 gap-2 border-t pt-2.5 max-md:grid-cols-2">
      <Figure name="Cost">{result === null ? '–' : dollars(result.cost_usd)}</Figure>
      <Figure name="Tokens">{`${tokens(sent)} + ${tokens(got)}`}</Figure>
      <Figure name="Latency">{duration(latencyMs)}</Figure>
      <Figure name="First piece">{duration(firstMs)}</Figure>
    </dl>
  );
}

function Figure({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-[11.5px] text-ink-3">{name}</dt>
      <dd className="m-0 truncate tabular-nums" title={children}>
        {children}
      </dd>
    </div>
  );
}

function ExecutionLink({ id }: { readonly id: string }) {
  const mayRead = useMay('executions:read');
  if (!mayRead) return <span className="mono text-ink-3">{id.slice(0, 13)}</span>;
  return (
    <Link to="/executions/$id" params={{ id }} className="mono text-accent">
      {id.slice(0, 13)}
    </Link>
  );
}

/** Gives advice for a cut stream and for a service that asks to wait. Other problems explain themselves. */
function RunProblem({ run, onRun }: { readonly run: Run; readonly onRun: () => void }) {
  const { error, executionId } = run;
  const isCut = !(error instanceof ApiError) && executionId !== null;
  const waitS = error instanceof ApiError ? Number(error.response.headers.get('retry-after') ?? 0) : 0;
  return (
    <div className="grid gap-2">
      <Problem error={error} onRetry={onRun} />
      {isCut && (
        <p className="m-0 text-ink-2">
          The connection was cut while the answer came. What had come stays here; the execution says how it
          ended.
        </p>
      )}
      {waitS > 0 && <p className="m-0 text-ink-2">{`Wait ${waitS} s, then try again.`}</p>}
    </div>
  );
}
