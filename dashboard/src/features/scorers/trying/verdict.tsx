import type { Score, ScoredExecution, ScoringError } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { useMay } from '../../../api/use-session';
import { Chip } from '../../../ui/chip';
import { Fact, Facts, Panel } from '../../../ui/panel';
import { visibleText } from '../../../ui/text/visible-text';

/** Shows the score, or why there is none: an error is neither a 0 nor a pass. */
export function Verdict({ scored: { score, error } }: { readonly scored: ScoredExecution }) {
  return (
    <Panel title="Verdict">
      {score !== null && <Scored score={score} />}
      {error !== null && <Failed error={error} />}
    </Panel>
  );
}

function Scored({ score }: { readonly score: Score }) {
  return (
    <>
      <Facts>
        <Fact name="Result">
          <Chip tone={score.passed ? 'good' : 'bad'}>{score.passed ? 'passed' : 'not passed'}</Chip>
        </Fact>
        <Fact name="Value">{String(score.value)}</Fact>
        {score.label !== null && <Fact name="Label">{visibleText(score.label)}</Fact>}
        <Fact name="Kept">{score.score_id === null ? 'no' : 'yes'}</Fact>
        <Judgement id={score.judge_execution_id} />
        <Fact name="Execution">
          <Link
            to="/executions/$id"
            params={{ id: score.execution_id }}
            className="mono text-accent"
            aria-label="The execution that was scored"
          >
            {score.execution_id.slice(0, 13)}
          </Link>
        </Fact>
      </Facts>
      {score.explanation !== null && (
        <p className="m-0 px-3.5 pb-3 break-words whitespace-pre-wrap text-ink-2">
          {visibleText(score.explanation)}
        </p>
      )}
    </>
  );
}

function Failed({ error }: { readonly error: ScoringError }) {
  return (
    <>
      <Facts>
        <Fact name="Result">
          <Chip tone="warn">no score</Chip>
        </Fact>
        <Fact name="Error">
          <span className="mono">{error.type}</span>
        </Fact>
        <Judgement id={error.judge_execution_id} />
      </Facts>
      <p className="m-0 px-3.5 pb-3 break-words text-ink-2">{visibleText(error.message)}</p>
    </>
  );
}

/** Links to the execution with the judge's answer. */
function Judgement({ id }: { readonly id: string | null }) {
  const mayRead = useMay('executions:read');
  if (id === null) return null;
  return (
    <Fact name="Judgement">
      {mayRead ? (
        <Link to="/executions/$id" params={{ id }} className="mono text-accent">
          {id.slice(0, 13)}
        </Link>
      ) : (
        <span className="mono">{id.slice(0, 13)}</span>
      )}
    </Fact>
  );
}
