import type { Attempt } from '@prompt-ledger/client';
import { Chip } from '../../../ui/chip';
import { count, dollars, duration } from '../../../ui/text/format';
import { Panel } from '../../../ui/panel';
import { visibleText } from '../../../ui/text/visible-text';

const HEAD = 'border-b px-3 py-2 text-left text-[11.5px] font-[540] whitespace-nowrap text-ink-3';
const CELL = 'border-b px-3 py-2 align-top';

/** Lists every call to a provider. */
export function AttemptsTable({ attempts }: { readonly attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return null;
  return (
    <Panel title="Attempts">
      <div className="overflow-x-auto" role="region" aria-label="Attempts" tabIndex={0}>
        <table className="w-full border-collapse tabular-nums">
          <thead>
            <tr>
              {['#', 'Model', 'Outcome', 'Request id'].map((title) => (
                <th key={title} scope="col" className={HEAD}>
                  {title}
                </th>
              ))}
              {['Latency', 'Tokens', 'Cost'].map((title) => (
                <th key={title} scope="col" className={`${HEAD} text-right`}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="[&>tr:last-child>td]:border-b-0">
            {attempts.map((attempt) => (
              <tr key={attempt.attempt}>
                <td className={CELL}>{attempt.attempt}</td>
                <td className={CELL}>{visibleText(`${attempt.provider}/${attempt.model_name}`)}</td>
                <td className={CELL}>
                  <Outcome attempt={attempt} />
                </td>
                <td className={`${CELL} mono break-all text-ink-3`}>
                  {visibleText(attempt.provider_request_id ?? '–')}
                </td>
                <td className={`${CELL} text-right whitespace-nowrap`}>{duration(attempt.latency_ms)}</td>
                <td className={`${CELL} text-right whitespace-nowrap`}>
                  {attempt.prompt_tokens === null && attempt.response_tokens === null
                    ? 'unknown'
                    : `${tokens(attempt.prompt_tokens)} + ${tokens(attempt.response_tokens)}`}
                </td>
                <td className={`${CELL} text-right whitespace-nowrap`}>{dollars(attempt.cost_usd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function tokens(value: number | null): string {
  return value === null ? '–' : count(value);
}

function Outcome({ attempt }: { readonly attempt: Attempt }) {
  const { status, error_type: error, provider_status: http } = attempt;
  if (error === null)
    return <Chip tone={status === 'succeeded' ? 'good' : 'info'}>{status.replaceAll('_', ' ')}</Chip>;
  return <Chip tone="warn">{`${error.replaceAll('_', ' ')}${http === null ? '' : ` ${http}`}`}</Chip>;
}
