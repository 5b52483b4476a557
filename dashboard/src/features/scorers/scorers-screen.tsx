import type { Scorer, ScorerList } from '@prompt-ledger/client';
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
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { writeSummary } from './definition/write-summary';
import { KIND_TITLES } from './kinds';
import { KINDS } from './scorers-search';

const route = getRouteApi('/scorers');

const scorersOf = ({ scorers }: ScorerList) => scorers;

const COLUMNS: readonly Column<Scorer>[] = [
  {
    id: 'name',
    title: 'Scorer',
    width: 'minmax(110px, 1.4fr)',
    cell: ({ name }) => <span className="font-[560]">{visibleText(name)}</span>,
  },
  { id: 'kind', title: 'Kind', width: '76px', cell: ({ kind }) => kind },
  {
    id: 'version',
    title: 'Version',
    width: '80px',
    isNumber: true,
    cell: ({ latest_version: { version_number: number } }) => `v${number}`,
  },
  {
    id: 'definition',
    title: 'Definition',
    width: 'minmax(130px, 2.4fr)',
    isMinor: true,
    cell: ({ kind, latest_version: { definition } }) => (
      <span className="mono text-ink-2">{visibleText(writeSummary(kind, definition))}</span>
    ),
  },
  {
    id: 'at',
    title: 'Changed',
    width: '138px',
    isMinor: true,
    cell: ({ updated_at: at }) => <Time at={at} />,
  },
];

/** Lists scorers, which judge answers, by name. */
export function ScorersScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMay('evaluations:write');
  const listed = usePages<Scorer, ScorerList>(
    ['scorers', 'list', search],
    (signal) => ledger.scorers.list({ ...search, limit: 100 }, { signal }),
    scorersOf,
  );
  const make = mayWrite ? (
    <Link to="/scorers/-/new" className={buttonClass('primary')}>
      Make a scorer
    </Link>
  ) : undefined;
  return (
    <Screen
      title="Scorers"
      actions={
        <>
          <Select
            aria-label="Kind"
            value={search.kind ?? ''}
            onChange={({ target }) =>
              void navigate({ search: given({ kind: readWord(target.value, KINDS) }) })
            }
          >
            <option value="">Every kind</option>
            {KINDS.map((kind) => (
              <option key={kind}>{kind}</option>
            ))}
          </Select>
          {make}
        </>
      }
    >
      <List
        label="Scorers"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ scorer_id: id }) => id}
        rowPath={({ name }) => `/scorers/${encodeURIComponent(name)}`}
        empty={
          search.kind === undefined ? (
            <EmptyState
              title="No scorers yet"
              command={`curl -X PUT ${window.location.origin}/v1/scorers/mentions-refund \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"kind": "check", "check": "contains", "value": "refund"}'`}
              action={make}
            >
              A scorer judges answers: by a check, code, a prompt or people. Experiments, rollouts and
              annotation use it. Make one here, or with the API:
            </EmptyState>
          ) : (
            <EmptyState
              title={`No scorer judges by ${KIND_TITLES[search.kind]}`}
              action={
                <Link to="/scorers" search={{}} className={buttonClass()}>
                  Show all scorers
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
