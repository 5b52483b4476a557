import type { ExperimentDetail } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ledger } from '../../../api/ledger';
import { TAB_CLASS, Tabs } from '../../../ui/controls/tabs';
import { Problem } from '../../../ui/problem';
import { Screen, ScreenBody } from '../../../ui/screen';
import { visibleText } from '../../../ui/text/visible-text';
import { ExperimentStatus, isUnderWay } from '../experiment-status';
import { Compare } from './compare';
import { ExperimentActions } from './experiment-actions';
import { ExperimentFacts } from './experiment-facts';
import { Progress } from './progress';
import { ResultsTab } from './results-tab';
import { Summary } from './summary';

const route = getRouteApi('/experiments/$id');

/** The interval at which a running experiment is read again. */
const LOOK_MS = 1_000;

/** One experiment: its progress, its results, and which candidate is better. */
export function ExperimentScreen() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery({
    queryKey: ['experiments', 'one', id],
    queryFn: async ({ signal }): Promise<ExperimentDetail> => ledger.experiments.get(id, { signal }),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isUnderWay(state.data.status) ? LOOK_MS : false,
  });
  const { tab } = route.useSearch();
  const crumb = (
    <>
      <Link to="/experiments" search={{}} className="text-ink-3 no-underline hover:text-ink">
        Experiments
      </Link>{' '}
      /
    </>
  );
  if (data === undefined) {
    return (
      <Screen title="Experiment" crumb={crumb}>
        <ScreenBody label="Experiment">
          {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
        </ScreenBody>
      </Screen>
    );
  }
  return (
    <Screen
      title={visibleText(data.name)}
      crumb={crumb}
      chips={<ExperimentStatus status={data.status} />}
      actions={<ExperimentActions experiment={data} />}
      tabs={
        <Tabs label="Parts of the experiment">
          <Link
            to="/experiments/$id"
            params={{ id }}
            search={{}}
            className={TAB_CLASS}
            activeOptions={{ includeSearch: true, exact: true }}
            aria-current={tab === undefined ? 'page' : undefined}
          >
            Summary
          </Link>
          <Link
            to="/experiments/$id"
            params={{ id }}
            search={{ tab: 'results' }}
            className={TAB_CLASS}
            aria-current={tab === 'results' ? 'page' : undefined}
          >
            Results
          </Link>
        </Tabs>
      }
    >
      {tab === 'results' ? (
        <ResultsTab experiment={data} />
      ) : (
        <ScreenBody label="Summary">
          <div className="grid gap-3.5 lg:grid-cols-[minmax(0,1fr)_330px]">
            <div className="grid min-w-0 content-start gap-3.5">
              {isUnderWay(data.status) && <Progress progress={data.progress} />}
              {data.error !== null && (
                <p role="alert" className="m-0 rounded-md bg-bad-soft px-3 py-2.5 break-words text-bad">
                  {visibleText(data.error.message)} <span className="mono">{data.error.code}</span>
                </p>
              )}
              <Summary experiment={data} />
              {data.candidates.length > 1 && <Compare experiment={data} />}
            </div>
            <ExperimentFacts experiment={data} />
          </div>
        </ScreenBody>
      )}
    </Screen>
  );
}
