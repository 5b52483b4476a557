import { QueryClient } from '@tanstack/react-query';

/** Retries nothing, because the API client retries by itself. Cached data is shown at once and read again in the background. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // No structural sharing: the client's objects keep their original JSON, and a copy would lose it.
    queries: { retry: false, staleTime: 2_000, networkMode: 'always', structuralSharing: false },
    mutations: { networkMode: 'always' },
  },
});
