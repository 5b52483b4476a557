import { useQuery } from '@tanstack/react-query';
import { ledger } from '../../api/ledger';

const FINAL: readonly string[] = ['succeeded', 'failed', 'canceled'];
/** Milliseconds between two reads of an execution that is not final. */
const POLL_MS = 2_000;

/** Reads one execution, repeatedly until it is final. @param id undefined reads none. */
export function useExecution(id: string | undefined) {
  return useQuery({
    queryKey: ['executions', 'one', id],
    queryFn: ({ signal }) => ledger.executions.get(id ?? '', { signal }),
    enabled: id !== undefined,
    refetchInterval: ({ state }) =>
      state.data === undefined || FINAL.includes(state.data.status) ? false : POLL_MS,
  });
}
