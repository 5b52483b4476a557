import type { RolloutDetail } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ledger } from '../../../api/ledger';
import { EmptyState } from '../../../ui/empty-state';
import { Problem } from '../../../ui/problem';
import { Screen, ScreenBody } from '../../../ui/screen';
import { visibleText } from '../../../ui/text/visible-text';
import { isUnderWay, RolloutStatus } from '../rollout-status';
import { ArmsPanel } from './arms-panel';
import { DelaysPanel } from './delays-panel';
import { LooksPanel } from './looks-panel';
import { MetricsPanel } from './metrics-panel';
import { RolloutActions } from './rollout-actions';
import { RolloutFacts } from './rollout-facts';
import { SequencePanel } from './sequence-panel';
import { StepsPanel } from './steps-panel';
import { useLooks } from './use-looks';

const route = getRouteApi('/rollouts/$id');

/** The interval at which a running rollout is read again. */
const LOOK_MS = 2_000;

/** One rollout: its progress, its results, and what each look decided. */
export function RolloutScreen() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery({
    queryKey: ['rollouts', 'one', id],
    queryFn: async ({ signal }): Promise<RolloutDetail> => ledger.rollouts.get(id, { signal }),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isUnderWay(state.data.status) ? LOOK_MS : false,
  });
  const crumb = (
    <>
      <Link to="/rollouts" search={{}} className="text-ink-3 no-underline hover:text-ink">
        Rollouts
      </Link>{' '}
      /
    </>
  );
  if (data === undefined) {
    return (
      <Screen title="Rollout" crumb={crumb}>
        <ScreenBody label="Rollout">
          {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
        </ScreenBody>
      </Screen>
    );
  }
  return <Shown key={id} rollout={data} crumb={crumb} />;
}

function Shown({ rollout, crumb }: { readonly rollout: RolloutDetail; readonly crumb: ReactNode }) {
  const { step } = route.useSearch();
  const looks = useLooks(rollout);
  const phase = rollout.phases.find((begun) => begun.phase === step) ?? rollout.phases.at(-1);
  return (
    <Screen
      title={visibleText(rollout.name)}
      crumb={crumb}
      chips={<RolloutStatus status={rollout.status} />}
      actions={<RolloutActions rollout={rollout} />}
    >
      <ScreenBody label="Rollout">
        <div className="grid gap-3.5 lg:grid-cols-[minmax(0,1fr)_330px]">
          <div className="grid min-w-0 content-start gap-3.5">
            <StepsPanel rollout={rollout} chosen={phase?.phase ?? null} />
            {phase === undefined ? (
              <EmptyState
                title="It has not started"
                command={`curl -X POST ${window.location.origin}/v1/rollouts/${rollout.rollout_id}:start -H "X-API-Key: $API_KEY"`}
              >
                Nobody gets the candidate yet. Start it here, or with a command:
              </EmptyState>
            ) : (
              <>
                <SequencePanel rollout={rollout} phase={phase} looks={looks} />
                <MetricsPanel phase={phase} />
                <ArmsPanel rollout={rollout} phase={phase} />
                <DelaysPanel phase={phase} />
                <LooksPanel rollout={rollout} looks={looks} />
              </>
            )}
          </div>
          <RolloutFacts rollout={rollout} />
        </div>
      </ScreenBody>
    </Screen>
  );
}
