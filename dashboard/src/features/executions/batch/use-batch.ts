import { type Batch, NotFoundError } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { ledger } from '../../../api/ledger';

/** Milliseconds between two reads of a batch that is not completed. */
const POLL_MS = 2_000;

/** Reads a batch, repeatedly until it is completed. Null if the id is that of an experiment, whose executions form a batch too. */
export function useBatch(id: string) {
  return useQuery({
    queryKey: ['executions', 'batch', id],
    queryFn: async ({ signal }): Promise<Batch | null> => {
      try {
        return await ledger.batches.get(id, { signal });
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
        const isExperiment = await ledger.experiments.get(id, { signal }).then(
          () => true,
          () => false,
        );
        if (isExperiment) return null;
        throw error;
      }
    },
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? POLL_MS : false),
  });
}
