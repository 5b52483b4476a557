import { QueryClient } from '@tanstack/react-query';

/** The client of the API tries again by itself. What was read is shown at once and read again when somebody comes back to it. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // No structural sharing: objects of the client keep the JSON that they came as, and a copy would lose it.
    queries: { retry: false, staleTime: 2_000, networkMode: 'always', structuralSharing: false },
    mutations: { networkMode: 'always' },
  },
});
