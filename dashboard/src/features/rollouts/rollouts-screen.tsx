import type { Rollout, RolloutList } from '@prompt-ledger/client';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback } from 'react';
import { ledger } from '../../api/ledger';
import { buttonClass } from '../../ui/controls/button';
import { Select } from '../../ui/controls/field';
import { SearchBox } from '../../ui/controls/search-box';
import type { Column } from '../../ui/data-table';
import { EmptyState } from '../../ui/empty-state';
import { usePages } from '../../ui/hooks/use-pages';
import { List } from '../../ui/list';
import { Screen } from '../../ui/screen';
import { given, readWord } from '../../ui/search-params';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { RolloutStatus } from './rollout-status';
import { type RolloutsSearch, STATUSES } from './rollouts-search';
import { useMayRollOut } from './use-may-roll-out';

const route = getRouteApi('/rollouts');

/** The interval at which the list is read again. */
const REFRESH_MS = 5_000;

const rolloutsOf = ({ rollouts }: RolloutList) => rollouts;

const COLUMNS: readonly Column<Rollout>[] = [
  {
    id: 'name',
    title: 'Rollout',
    width: 'minmax(110px, 1.6fr)',
    cell: ({ name }) => <span className="font-[560]">{visibleText(name)}</span>,
  },
  {
    id: 'status',
    title: 'Status',
    width: 'minmax(104px, 116px)',
    cell: ({ status }) => <RolloutStatus status={status} />,
  },
  {
    id: 'step',
    title: 'Step',
    width: 'minmax(96px, 130px)',
    cell: ({ phase, steps }) => {
      const step = phase === null ? undefined : steps[phase - 1];
      return step === undefined ? (
        <span className="text-ink-3">{`${steps.length} to come`}</span>
      ) : (
        `${phase} of ${steps.length}, ${step.percent} %`
      );
    },
  },
  {
    id: 'prompt',
    title: 'Prompt',
    width: 'minmax(120px, 1.4fr)',
    isMinor: true,
    cell: ({ prompt_name: name, control, candidate }) =>
      `${name} v${control.version_number} → v${candidate.version_number}`,
  },
  {
    id: 'environment',
    title: 'Environment',
    width: 'minmax(80px, 120px)',
    isMinor: true,
    cell: ({ environment }) => visibleText(environment),
  },
  { id: 'at', title: 'Since', width: '136px', isMinor: true, cell: ({ status_at: at }) => <Time at={at} /> },
];

/** Lists rollouts, which give a share of the traffic to another version, newest first. */
export function RolloutsScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { status, prompt, environment } = search;
  const listed = usePages<Rollout, RolloutList>(
    ['rollouts', 'list', search],
    (signal) =>
      ledger.rollouts.list(given({ status, prompt_name: prompt, environment, limit: 100 }), { signal }),
    rolloutsOf,
    REFRESH_MS,
  );
  const narrow = useCallback(
    (change: { [Key in keyof RolloutsSearch]?: RolloutsSearch[Key] | undefined }) =>
      void navigate({ search: (before) => given({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const onPrompt = useCallback((text: string) => narrow({ prompt: text.trim() || undefined }), [narrow]);
  const onEnvironment = useCallback(
    (text: string) => narrow({ environment: text.trim() || undefined }),
    [narrow],
  );
  const start = useMayRollOut() ? (
    <Link to="/rollouts/new" search={given({ prompt, environment })} className={buttonClass('primary')}>
      New rollout
    </Link>
  ) : undefined;
  return (
    <Screen title="Rollouts" actions={start}>
      <List
        label="Rollouts"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ rollout_id: id }) => id}
        rowPath={({ rollout_id: id }) => `/rollouts/${id}`}
        empty={<NoRollouts isNarrowed={Object.keys(search).length > 0} start={start} />}
      >
        <div role="group" aria-label="Filters" className="flex flex-wrap gap-2">
          <Select
            aria-label="Status"
            value={status ?? ''}
            onChange={({ target }) => narrow({ status: readWord(target.value, STATUSES) })}
          >
            <option value="">Every status</option>
            {STATUSES.map((word) => (
              <option key={word} value={word}>
                {word.replaceAll('_', ' ')}
              </option>
            ))}
          </Select>
          <SearchBox label="Prompt, by its name" value={prompt ?? ''} onSearch={onPrompt} />
          <SearchBox label="Environment" value={environment ?? ''} onSearch={onEnvironment} />
        </div>
      </List>
    </Screen>
  );
}

function NoRollouts({
  isNarrowed,
  start,
}: {
  readonly isNarrowed: boolean;
  readonly start: React.ReactNode;
}) {
  if (isNarrowed) {
    return (
      <EmptyState
        title="No rollout fits"
        action={
          <Link to="/rollouts" search={{}} className={buttonClass()}>
            Show all rollouts
          </Link>
        }
      >
        Take a filter away. Names are compared as a whole.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No rollouts yet"
      command={`curl -X POST ${window.location.origin}/v1/rollouts \\
  -H "X-API-Key: $API_KEY" -H 'Content-Type: application/json' \\
  -d '{"name": "shorter", "prompt_name": "hello", "environment": "default",
       "candidate": {"version_number": 2}, "steps": [{"percent": 10}, {"percent": 50}],
       "primary": {"metric": "error_rate"}, "guardrails": [{"metric": "error_rate"}]}'`}
      action={start}
    >
      A rollout gives a new version to a small share of the traffic, watches both versions, and widens the
      share step by step. When the new one is worse, it is rolled back by itself:
    </EmptyState>
  );
}
