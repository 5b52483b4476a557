import type { RolloutDetail, RolloutLook } from '@prompt-ledger/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ledger } from '../../../api/ledger';
import { isUnderWay } from '../rollout-status';

/** The most looks that are read, from the newest. Older ones are in the API. */
const MOST_LOOKS = 2_000;
const PAGE = 200;
/** The interval at which new looks are read. */
const REFRESH_MS = 2_000;

export interface Looks {
  /** Newest first. */
  readonly looks: readonly RolloutLook[];
  /** Whether older looks were left out. */
  readonly isCut: boolean;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Reads the looks of a rollout. A look never changes, so only new ones are read again. */
export function useLooks({ rollout_id: id, look_count: count, status }: RolloutDetail): Looks {
  const client = useQueryClient();
  const queryKey = ['rollouts', 'looks', id];
  const {
    data: looks = [],
    error,
    refetch,
  } = useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      readSince(id, client.getQueryData<readonly RolloutLook[]>(queryKey) ?? [], signal),
    refetchInterval: ({ state }) =>
      isUnderWay(status) || (state.data?.length ?? 0) < Math.min(count, MOST_LOOKS) ? REFRESH_MS : false,
  });
  return {
    looks,
    isCut: looks.length >= MOST_LOOKS && looks.length < count,
    error,
    retry: () => void refetch(),
  };
}

async function readSince(
  id: string,
  known: readonly RolloutLook[],
  signal: AbortSignal,
): Promise<readonly RolloutLook[]> {
  const last = known[0]?.look ?? 0;
  const found: RolloutLook[] = [];
  for await (const look of ledger.rollouts.looks(id, { limit: PAGE }, { signal })) {
    if (look.look <= last || found.length >= MOST_LOOKS) break;
    found.push(look);
  }
  return [...found, ...known].slice(0, MOST_LOOKS);
}
