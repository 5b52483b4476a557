import type { DeliveryList } from '@prompt-ledger/client';
import { type QueryKey, useQuery } from '@tanstack/react-query';

/** Milliseconds between two reads while there are deliveries to come. */
const POLL_MS = 2_000;

/**
 * Reads how callbacks were delivered, repeatedly while there are tries to come.
 * @param isDue whether there will be a delivery if there is none yet.
 */
export function useDeliveries(
  queryKey: QueryKey,
  read: (signal: AbortSignal) => PromiseLike<DeliveryList>,
  isDue = false,
) {
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => (await read(signal)).deliveries,
    refetchInterval: ({ state: { data } }) => {
      const isPending = data?.some(({ status }) => status === 'pending') === true;
      return isPending || (isDue && data?.length === 0) ? POLL_MS : false;
    },
  });
}
