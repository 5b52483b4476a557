import type { Experiment, ExperimentList } from '@prompt-ledger/client';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { buttonClass } from '../../ui/controls/button';
import { Select } from '../../ui/controls/field';
import type { Column } from '../../ui/data-table';
import { EmptyState } from '../../ui/empty-state';
import { usePages } from '../../ui/hooks/use-pages';
import { List } from '../../ui/list';
import { Screen } from '../../ui/screen';
import { given, readWord } from '../../ui/search-params';
import { count } from '../../ui/text/format';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { ExperimentStatus } from './experiment-status';
import { STATUSES } from './experiments-search';

const route = getRouteApi('/experiments');

/** The interval at which the list is read again. */
const REFRESH_MS = 5_000;

const experimentsOf = ({ experiments }: ExperimentList) => experiments;

const COLUMNS: readonly Column<Experiment>[] = [
  {
    id: 'name',
    title: 'Experiment',
    width: 'minmax(120px, 1.8fr)',
    cell: ({ name }) => <span className="font-[560]">{visibleText(name)}</span>,
  },
  {
    id: 'status',
    title: 'Status',
    width: 'minmax(110px, 130px)',
    cell: ({ status }) => <ExperimentStatus status={status} />,
  },
  {
    id: 'dataset',
    title: 'Dataset',
    width: 'minmax(100px, 1fr)',
    isMinor: true,
    cell: ({ dataset }) => visibleText(dataset.name),
  },
  {
    id: 'candidates',
    title: 'Candidates',
    width: 'minmax(120px, 1.4fr)',
    isMinor: true,
    cell: ({ candidates }) => visibleText(candidates.map(({ label }) => label).join(', ')),
  },
  {
    id: 'cells',
    title: 'Cells',
    width: '84px',
    isNumber: true,
    isMinor: true,
    cell: ({ cells }) => count(cells),
  },
  { id: 'at', title: 'Started', width: '138px', cell: ({ created_at: at }) => <Time at={at} /> },
];

/** Lists experiments, which run candidates on the items of a dataset, newest first. */
export function ExperimentsScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMay('evaluations:write');
  const listed = usePages<Experiment, ExperimentList>(
    ['experiments', 'list', search],
    (signal) => ledger.experiments.list({ ...search, limit: 100 }, { signal }),
    experimentsOf,
    REFRESH_MS,
  );
  const start = mayWrite ? (
    <Link to="/experiments/new" className={buttonClass('primary')}>
      Start an experiment
    </Link>
  ) : undefined;
  return (
    <Screen
      title="Experiments"
      actions={
        <>
          <Select
            aria-label="Status"
            value={search.status ?? ''}
            onChange={({ target }) =>
              void navigate({ search: given({ status: readWord(target.value, STATUSES) }) })
            }
          >
            <option value="">Every status</option>
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {status.replaceAll('_', ' ')}
              </option>
            ))}
          </Select>
          {start}
        </>
      }
    >
      <List
        label="Experiments"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ experiment_id: id }) => id}
        rowPath={({ experiment_id: id }) => `/experiments/${id}`}
        empty={
          search.status === undefined ? (
            <EmptyState
              title="No experiments yet"
              command={`curl -X PUT ${window.location.origin}/v1/datasets/tickets \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"description": "Tickets that were hard to answer"}'`}
              action={start}
            >
              An experiment runs versions of prompts on every item of a dataset, has the answers scored, and
              says which is better, or that it cannot be told. Begin with a dataset:
            </EmptyState>
          ) : (
            <EmptyState
              title={`No experiment is ${search.status.replaceAll('_', ' ')}`}
              action={
                <Link to="/experiments" search={{}} className={buttonClass()}>
                  Show all experiments
                </Link>
              }
            >
              Look at the others.
            </EmptyState>
          )
        }
      />
    </Screen>
  );
}
