import type { CandidateScore, ExperimentDetail } from '@prompt-ledger/client';
import { Panel } from '../../../ui/panel';
import { count, dollars, duration } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { percent } from './figures';

const HEADS = ['Candidate', 'Scorer', 'Items', 'Mean', 'Pass', 'Errors', 'Cost', 'Latency p50, p95'] as const;

/** Shows the result of each candidate by each scorer. */
export function Summary({ experiment: { summary } }: { readonly experiment: ExperimentDetail }) {
  return (
    <Panel title="Summary" note="an error is never a 0 and never a pass">
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Summary of the candidates">
        <table className="w-full border-collapse">
          <thead>
            <tr>
              {HEADS.map((head, at) => (
                <th
                  key={head}
                  scope="col"
                  className={`border-b px-3 py-1.5 text-[11.5px] font-[540] whitespace-nowrap text-ink-3 ${at < 2 ? 'text-left' : 'text-right'}`}
                >
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {summary.map((score) => (
              <Row key={`${score.candidate} ${score.scorer}`} score={score} />
            ))}
            {summary.length === 0 && (
              <tr>
                <td colSpan={HEADS.length} className="px-3 py-2 text-ink-3">
                  Nothing is scored yet.
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Row({ score }: { readonly score: CandidateScore }) {
  const { pass_rate_interval: interval, latency_ms: latency } = score;
  const cells = [
    count(score.n),
    score.mean === null ? '–' : score.mean.toFixed(3),
    score.pass_rate === null ? '–' : percent(score.pass_rate),
    count(score.errors),
    dollars(score.cost_usd),
    `${duration(latency.p50)}, ${duration(latency.p95)}`,
  ];
  return (
    <tr>
      <th scope="row" className="border-b px-3 py-1.5 text-left font-[560]">
        {visibleText(score.candidate)}
      </th>
      <td className="border-b px-3 py-1.5">{visibleText(`${score.scorer} v${score.scorer_version}`)}</td>
      {cells.map((text, at) => (
        <td
          key={HEADS[at + 2]}
          className="border-b px-3 py-1.5 text-right whitespace-nowrap tabular-nums"
          title={
            at === 2 && interval !== null
              ? `95 %: ${percent(interval[0])} to ${percent(interval[1])}`
              : undefined
          }
        >
          {text}
        </td>
      ))}
    </tr>
  );
}
