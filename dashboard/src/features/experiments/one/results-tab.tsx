import type { ExperimentDetail, ExperimentResult, ExperimentResultList } from '@prompt-ledger/client';
import { getRouteApi } from '@tanstack/react-router';
import { ledger } from '../../../api/ledger';
import { useMay } from '../../../api/use-session';
import { Chip } from '../../../ui/chip';
import { Select } from '../../../ui/controls/field';
import type { Column } from '../../../ui/data-table';
import { EmptyState } from '../../../ui/empty-state';
import { Checkbox } from '../../../ui/form/form';
import { usePages } from '../../../ui/hooks/use-pages';
import { List } from '../../../ui/list';
import { given } from '../../../ui/search-params';
import { visibleText } from '../../../ui/text/visible-text';

const route = getRouteApi('/experiments/$id');

const resultsOf = ({ results }: ExperimentResultList) => results;

const COLUMNS: readonly Column<ExperimentResult>[] = [
  {
    id: 'item',
    title: 'Item',
    width: 'minmax(90px, 1fr)',
    cell: ({ item }) => visibleText(item.external_id ?? `item ${item.index + 1}`),
  },
  {
    id: 'candidate',
    title: 'Candidate',
    width: 'minmax(80px, 1fr)',
    cell: ({ candidate }) => visibleText(candidate),
  },
  {
    id: 'scores',
    title: 'Scores',
    width: 'minmax(140px, 2fr)',
    cell: ({ scores }) =>
      scores.map(({ scorer, value, passed }) => (
        <Chip
          key={scorer}
          tone={passed === null ? 'warn' : passed ? 'good' : 'bad'}
          title={visibleText(scorer)}
        >
          {visibleText(`${scorer} ${value ?? 'error'}`)}
        </Chip>
      )),
  },
  {
    id: 'why',
    title: 'Why',
    width: 'minmax(120px, 2.4fr)',
    isMinor: true,
    cell: ({ cells }) => <span className="text-ink-2">{visibleText(explain(cells))}</span>,
  },
];

/** Shows the result of each candidate for each item; a row leads to its execution. */
export function ResultsTab({ experiment }: { readonly experiment: ExperimentDetail }) {
  const { candidate, failed } = route.useSearch();
  const navigate = route.useNavigate();
  const mayRead = useMay('executions:read');
  const id = experiment.experiment_id;
  const listed = usePages<ExperimentResult, ExperimentResultList>(
    ['experiments', 'results', id, candidate ?? '', failed ?? ''],
    (signal) =>
      ledger.experiments.results(
        id,
        { limit: 100, ...given({ candidate, failed: failed === 'yes' ? true : undefined }) },
        { signal },
      ),
    resultsOf,
  );
  if (!mayRead) {
    return (
      <EmptyState title="Your role may not read results">
        They quote answers: ask an admin of the project for the role of a runner.
      </EmptyState>
    );
  }
  return (
    <List
      label="Results"
      columns={COLUMNS}
      listed={listed}
      rowKey={({ item, candidate: label }) => `${item.index} ${label}`}
      rowPath={({ execution_ids: [first] }) => (first === undefined ? null : `/executions/${first}`)}
      empty={
        <EmptyState title="No result fits">Nothing has come of it yet, or all of it has passed.</EmptyState>
      }
    >
      <div className="flex flex-none flex-wrap items-center gap-3">
        <Select
          aria-label="Candidate"
          value={candidate ?? ''}
          onChange={({ target }) =>
            void navigate({
              search: (before) => given({ ...before, candidate: target.value || undefined }),
              replace: true,
            })
          }
        >
          <option value="">Every candidate</option>
          {experiment.candidates.map(({ label }) => (
            <option key={label}>{label}</option>
          ))}
        </Select>
        <Checkbox
          label="Only what did not pass"
          checked={failed === 'yes'}
          onChange={(isOnly) =>
            void navigate({
              search: (before) => given({ ...before, failed: isOnly ? ('yes' as const) : undefined }),
              replace: true,
            })
          }
        />
      </div>
    </List>
  );
}

/** Returns the first explanation. */
function explain(cells: ExperimentResult['cells']): string {
  for (const { error, scores } of cells) {
    if (error !== null) return error.message;
    for (const score of scores) {
      const text = score.error?.message ?? score.explanation;
      if (text !== null && text !== '') return text;
    }
  }
  return '';
}
