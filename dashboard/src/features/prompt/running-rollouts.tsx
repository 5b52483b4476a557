import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Chip } from '../../ui/chip';
import { visibleText } from '../../ui/text/visible-text';

/** Somebody else may start a rollout, and one may end by itself. */
const REFRESH_MS = 10_000;

/** Links to the running rollouts of a prompt. The chips of its environments show only the control. */
export function RunningRollouts({ promptName }: { readonly promptName: string }) {
  const { data } = useQuery({
    queryKey: ['rollouts', 'running', promptName],
    queryFn: async ({ signal }) =>
      (await ledger.rollouts.list({ prompt_name: promptName, status: 'running', limit: 20 }, { signal }))
        .rollouts,
    enabled: useMay('prompts:read'),
    refetchInterval: REFRESH_MS,
  });
  return data?.map(({ rollout_id: id, environment, candidate, phase, steps }) => {
    const percent = phase === null ? undefined : steps[phase - 1]?.percent;
    return (
      <Link key={id} to="/rollouts/$id" params={{ id }} className="min-w-0 no-underline">
        <Chip
          tone="info"
          title={`v${candidate.version_number} gets ${percent ?? '?'} %, step ${phase ?? '?'} of ${steps.length}`}
        >
          {environment === 'default' ? 'rollout running' : `rollout running in ${visibleText(environment)}`}
        </Chip>
      </Link>
    );
  });
}
