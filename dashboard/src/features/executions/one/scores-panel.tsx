import type { Score } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ledger } from '../../../api/ledger';
import { Chip } from '../../../ui/chip';
import { Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';

/** The most scores shown; the API lists all. */
const MOST = 50;

const SOURCES: Readonly<Record<Score['source'], string>> = {
  check: 'a check',
  code: 'code',
  judge: 'a judge',
  human: 'a review',
  api: 'sent in',
};

/** The scores of the answer by scorers, people and end users. Without any there is no panel. */
export function ScoresPanel({ executionId }: { readonly executionId: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['scores', 'execution', executionId],
    queryFn: async ({ signal }) =>
      (await ledger.scores.list({ execution_id: executionId, limit: MOST }, { signal })).scores,
  });
  if (error !== null) return <Problem error={error} onRetry={() => void refetch()} />;
  if (data === undefined || data.length === 0) return null;
  return (
    <Panel title="Scores" note={data.length === MOST ? `the latest ${MOST}` : undefined}>
      <ul className="m-0 list-none p-0">
        {data.map((score) => (
          <ScoreLine key={score.score_id} score={score} />
        ))}
      </ul>
    </Panel>
  );
}

function ScoreLine({ score }: { readonly score: Score }) {
  const { scorer, scorer_version: version, source, value, label, passed, explanation } = score;
  return (
    <li className="border-b px-3.5 py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-[560] break-words">{visibleText(scorer)}</span>
        <span className="text-ink-3">{`v${version}`}</span>
        <Chip tone={passed ? 'good' : 'bad'}>{passed ? 'passed' : 'not passed'}</Chip>
        <span className="grow" />
        <span className="tabular-nums">{label === null ? String(value) : visibleText(label)}</span>
      </div>
      {explanation !== null && <p className="m-0 mt-1 break-words text-ink-2">{visibleText(explanation)}</p>}
      <p className="m-0 mt-1 text-ink-3">
        {`${SOURCES[source]} · ${visibleText(score.created_by)} · `}
        <Time at={score.created_at} />
        {score.judge_execution_id !== null && (
          <>
            {' · '}
            <Link
              to="/executions/$id"
              params={{ id: score.judge_execution_id }}
              className="text-accent"
              aria-label={`The judgement of ${scorer}`}
            >
              judgement
            </Link>
          </>
        )}
      </p>
    </li>
  );
}
