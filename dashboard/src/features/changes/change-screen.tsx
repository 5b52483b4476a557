import type { Change } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { count, fullTime, shortHash } from '../../ui/text/format';
import { Fact, Facts, Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { Screen, ScreenBody } from '../../ui/screen';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { Approvals } from './approvals';
import { ChangeActions } from './change-actions';
import { ChangeStatus } from './change-status';
import { VersionsDiff } from './versions-diff';

const route = getRouteApi('/changes/$id');

/** One change: its effect, what it touches, its approvals, and what the caller may do about it. */
export function ChangeScreen() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery({
    queryKey: ['changes', 'one', id],
    queryFn: ({ signal }) => ledger.changes.get(id, { signal }),
  });
  const crumb = (
    <>
      <Link to="/changes" search={{}} className="text-ink-3 no-underline hover:text-ink">
        Changes
      </Link>{' '}
      /
    </>
  );
  if (data === undefined) {
    return (
      <Screen title="Change" crumb={crumb}>
        <ScreenBody label="Change">
          {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
        </ScreenBody>
      </Screen>
    );
  }
  return <Shown key={id} change={data} crumb={crumb} />;
}

function Shown({ change, crumb }: { readonly change: Change; readonly crumb: React.ReactNode }) {
  const { prompt_name: name, environment, from_version: from, to_version: to } = change;
  return (
    <Screen
      title={`${name} to ${environment}`}
      crumb={crumb}
      chips={<ChangeStatus change={change} />}
      actions={<ChangeActions change={change} />}
    >
      <ScreenBody label="Change">
        <div className="grid gap-3.5 lg:grid-cols-[minmax(0,1fr)_330px]">
          <div className="grid min-w-0 content-start gap-3.5">
            <Panel
              title={from === null ? `v${to}, the first` : `v${from} → v${to}`}
              note={
                <>
                  opened by {visibleText(change.opened_by)} <Time at={change.opened_at} />
                </>
              }
            >
              <p className="m-0 border-b px-3.5 py-2.5 break-words text-ink-2">
                {visibleText(change.reason)}
              </p>
              <div className="p-3">
                <VersionsDiff name={name} from={from} to={to} />
              </div>
            </Panel>
          </div>
          <div className="grid min-w-0 content-start gap-3.5">
            <Approvals change={change} />
            <Panel title="What it touches" note={`${environment}, 7 days`}>
              <Facts>
                <Fact name="Executions">{count(change.impact.executions_7d)}</Fact>
                <Fact name="Keys">
                  {visibleText(listNames(change.impact.keys.map((key) => key.name ?? 'the instance')))}
                </Fact>
                <Fact name="Teams">
                  {visibleText(listNames(change.impact.teams.map((team) => team.name)))}
                </Fact>
              </Facts>
            </Panel>
            <Panel title="Facts">
              <Facts>
                <Fact name="Prompt">
                  <Link
                    to="/prompts/$name"
                    params={{ name }}
                    search={{ tab: 'versions', version: to }}
                    className="text-accent"
                  >
                    {name}
                  </Link>
                </Fact>
                {change.rollout_id !== null && (
                  <Fact name="Starts">
                    <Link
                      to="/rollouts/$id"
                      params={{ id: change.rollout_id }}
                      search={{}}
                      className="text-accent"
                    >
                      a rollout
                    </Link>
                  </Fact>
                )}
                <Fact name="Checksum">
                  <span className="mono" title={change.checksum_hash}>
                    {shortHash(change.checksum_hash)}
                  </span>
                </Fact>
                {change.evidence.map(({ id }) => (
                  <Fact key={id} name="Evidence">
                    <Link to="/experiments/$id" params={{ id }} search={{}} className="text-accent">
                      an experiment
                    </Link>
                  </Fact>
                ))}
                {change.closed_at === null ? (
                  <Fact name="Expires">{fullTime(change.expires_at)}</Fact>
                ) : (
                  <>
                    <Fact name="Closed">{fullTime(change.closed_at)}</Fact>
                    {change.closed_by !== null && <Fact name="By">{visibleText(change.closed_by)}</Fact>}
                    {change.closed_reason !== null && (
                      <Fact name="Because">{visibleText(change.closed_reason)}</Fact>
                    )}
                  </>
                )}
              </Facts>
            </Panel>
          </div>
        </div>
      </ScreenBody>
    </Screen>
  );
}

function listNames(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
