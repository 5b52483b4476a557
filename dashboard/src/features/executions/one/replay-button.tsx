import type { Execution, SubmitRequest } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { Button } from '../../../ui/controls/button';
import { Problem } from '../../../ui/problem';

/** A replay is an experiment, so it must not count as traffic of its original environment. */
const ENVIRONMENT = 'playground';

/** Sends the same version, variables, model and params again, and then shows both executions side by side. */
export function ReplayButton({ execution }: { readonly execution: Execution }) {
  const navigate = useNavigate();
  const replay = useMutation({
    mutationFn: (request: SubmitRequest) => ledger.executions.submit(request),
    onSuccess: ({ execution_id: id }) => {
      void queryClient.invalidateQueries({ queryKey: ['executions', 'list'] });
      void navigate({
        to: '/executions/$id/compare',
        params: { id: execution.execution_id },
        search: { with: id },
      });
    },
  });
  const request = toRequest(execution);
  if (request === null) return null;
  return (
    <>
      {replay.isError && <Problem error={replay.error} />}
      <Button disabled={replay.isPending} onClick={() => replay.mutate(request)}>
        Replay
      </Button>
    </>
  );
}

/**
 * Builds the request that repeats an execution.
 * @returns null where `:submit` cannot repeat it: erased or masked variables, a call without a version, members of OpenAI's API.
 */
function toRequest(execution: Execution): SubmitRequest | null {
  const { prompt_name: name, version_number: version, variables, masked, params } = execution;
  const { vendor_params: vendorParams } = execution;
  if (name === null || version === null || variables === null || masked.length > 0) return null;
  if (vendorParams !== null) return null;
  return {
    prompt_name: name,
    version_number: version,
    variables,
    model: execution.route === null ? (execution.models ?? execution.model) : { route: execution.route },
    params,
    environment: ENVIRONMENT,
    metadata: { replay_of: execution.execution_id },
  };
}
