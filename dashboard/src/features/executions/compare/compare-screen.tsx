import type { Execution } from '@prompt-ledger/client';
import { getRouteApi, Link } from '@tanstack/react-router';
import { jsonText } from '../../../api/json-text';
import { buttonClass } from '../../../ui/controls/button';
import { Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';
import { Screen, ScreenBody } from '../../../ui/screen';
import { WordDiff } from '../../../ui/text/word-diff';
import { textOfSent } from '../content-panels';
import { StatusChip } from '../status-chip';
import { useExecution } from '../use-execution';
import { ChooseOther } from './choose-other';
import { DifferenceTable } from './difference-table';
import { listAsked, listOutcomes } from './list-differences';

const route = getRouteApi('/executions/$id/compare');

/** Compares two executions: how their versions, variables, models, params and prices differ, and how their outcomes do. */
export function CompareScreen() {
  const { id } = route.useParams();
  const { with: otherId } = route.useSearch();
  const navigate = route.useNavigate();
  const one = useExecution(id);
  const other = useExecution(otherId);
  const error = one.error ?? other.error;
  const retry = () => {
    if (one.error !== null) void one.refetch();
    if (other.error !== null) void other.refetch();
  };
  return (
    <Screen
      title="Compare"
      crumb={
        <>
          <Link to="/executions" search={{}} className="text-ink-3 no-underline hover:text-ink">
            Executions
          </Link>{' '}
          /{' '}
          <Link to="/executions/$id" params={{ id }} className="text-ink-3 no-underline hover:text-ink">
            {id.slice(0, 13)}
          </Link>{' '}
          /
        </>
      }
      actions={
        otherId !== undefined && (
          <Link to="/executions/$id/compare" params={{ id }} search={{}} className={buttonClass()}>
            Choose another
          </Link>
        )
      }
    >
      <ScreenBody label="Comparison">
        <div className="grid gap-3.5">
          {error !== null && <Problem error={error} onRetry={retry} />}
          {one.data !== undefined && otherId === undefined && (
            <ChooseOther
              execution={one.data}
              onChoose={(chosen) => void navigate({ search: { with: chosen } })}
            />
          )}
          {one.data !== undefined && other.data !== undefined && (
            <Comparison before={one.data} after={other.data} />
          )}
        </div>
      </ScreenBody>
    </Screen>
  );
}

function Comparison({ before, after }: { readonly before: Execution; readonly after: Execution }) {
  return (
    <>
      <div className="grid gap-3.5 md:grid-cols-2">
        <Named title="This one" execution={before} />
        <Named title="The other" execution={after} />
      </div>
      <DifferenceTable title="Asked" differences={listAsked(before, after)} />
      <DifferenceTable title="Outcome" differences={listOutcomes(before, after)} />
      <Texts title="Variables" before={textOfVariables(before)} after={textOfVariables(after)} />
      <Texts title="Sent" before={textOfSent(before)} after={textOfSent(after)} />
      <Texts title="Answer" before={textOfAnswer(before)} after={textOfAnswer(after)} />
    </>
  );
}

function Named({ title, execution }: { readonly title: string; readonly execution: Execution }) {
  const { execution_id: id, content_erased_at: erasedAt = null } = execution;
  return (
    <Panel title={title} aside={<StatusChip status={execution.status} />}>
      <p className="m-0 px-3.5 py-2.5">
        <Link to="/executions/$id" params={{ id }} className="mono break-all text-accent">
          {id}
        </Link>
        {erasedAt !== null && <span className="text-ink-3"> · its content was erased</span>}
      </p>
    </Panel>
  );
}

function Texts({
  title,
  before,
  after,
}: {
  readonly title: string;
  readonly before: string;
  readonly after: string;
}) {
  if (before === '' && after === '') return null;
  return (
    <Panel title={title} note="by word">
      <div className="p-3">
        {before === after ? (
          <p className="m-0 text-ink-2">Both are the same, to the last character.</p>
        ) : (
          <WordDiff before={before} after={after} />
        )}
      </div>
    </Panel>
  );
}

function textOfVariables({ variables }: Execution): string {
  return variables === null || Object.keys(variables).length === 0 ? '' : jsonText(variables);
}

function textOfAnswer({ response_text: text, tool_calls: calls }: Execution): string {
  const called = (calls ?? []).map(({ name, arguments: given }) => `${name}(${given})`);
  return [...(text === null ? [] : [text]), ...called].join('\n\n');
}
