import type { DeliveryList } from '@prompt-ledger/client';
import { type QueryKey, useQuery } from '@tanstack/react-query';

/** Milliseconds between two reads of deliveries of which one is pending. */
const POLL_MS = 2_000;

/** Reads how callbacks were delivered, repeatedly while there are tries to come. */
export function useDeliveries(queryKey: QueryKey, read: (signal: AbortSignal) => PromiseLike<DeliveryList>) {
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => (await read(signal)).deliveries,
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status === 'pending') === true ? POLL_MS : false,
  });
}
