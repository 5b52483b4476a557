import type { ExecutionSummary } from '@prompt-ledger/client';
import type { Column } from '../../ui/data-table';
import { count, duration } from '../../ui/text/format';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { StatusChip } from './status-chip';

export const EXECUTION_COLUMNS: readonly Column<ExecutionSummary>[] = [
  {
    id: 'prompt',
    title: 'Prompt',
    width: 'minmax(150px, 2fr)',
    cell: ({ prompt_name: name, version_number: version }) =>
      name === null ? (
        <span className="text-ink-3">no prompt</span>
      ) : (
        <>
          <span className="font-[560]">{name}</span>{' '}
          <span className="text-ink-3">{`v${version ?? '?'}`}</span>
        </>
      ),
  },
  {
    id: 'status',
    title: 'Status',
    width: '128px',
    cell: ({ status, error_type: error }) => <StatusChip status={status} error={error} />,
  },
  {
    id: 'environment',
    title: 'Environment',
    width: '104px',
    isMinor: true,
    cell: ({ environment }) => visibleText(environment),
  },
  {
    id: 'model',
    title: 'Model',
    width: 'minmax(120px, 1.4fr)',
    isMinor: true,
    cell: ({ model }) => (
      <span className="text-ink-2">{visibleText(`${model.provider}/${model.model_name}`)}</span>
    ),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    width: '110px',
    isNumber: true,
    isMinor: true,
    cell: ({ telemetry: { prompt_tokens: sent, response_tokens: got } }) => (
      <span title="sent + answered">{`${sent === null ? '–' : count(sent)} + ${got === null ? '–' : count(got)}`}</span>
    ),
  },
  {
    id: 'latency',
    title: 'Latency',
    width: '88px',
    isNumber: true,
    isMinor: true,
    cell: ({ telemetry }) => duration(telemetry.latency_ms),
  },
  {
    id: 'correlation',
    title: 'Correlation',
    width: 'minmax(90px, 1fr)',
    isMinor: true,
    cell: ({ correlation_id: id }) => <span className="mono text-ink-3">{visibleText(id ?? '')}</span>,
  },
  { id: 'at', title: 'When', width: '124px', cell: ({ created_at: at }) => <Time at={at} /> },
];
