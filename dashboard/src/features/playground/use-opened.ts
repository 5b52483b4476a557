import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { say } from '../../ui/toasts';
import { type Opened, openVariant } from './open-variant';
import type { PlaygroundSearch } from './playground-search';
import { isUntouched, MAX_VARIANTS, type Playground } from './variants/variant';

const route = getRouteApi('/playground');

/**
 * Adds what the address asks for to the playground, next to its present contents, so that nothing typed is lost. Then it restores the
 * plain address, so that a reload opens nothing twice.
 */
export function useOpened(
  search: PlaygroundSearch,
  playground: Playground,
  keep: (playground: Playground) => void,
) {
  const navigate = route.useNavigate();
  const isAsked = search.prompt !== undefined || search.execution !== undefined;
  const { data, error, refetch } = useQuery({
    queryKey: ['playground', 'open', search],
    queryFn: ({ signal }) => openVariant(search, signal),
    enabled: isAsked,
    staleTime: 0,
    gcTime: 0,
  });
  const dismiss = () => void navigate({ search: {}, replace: true });
  const isFull = !isUntouched(playground) && playground.variants.length >= MAX_VARIANTS;
  useEffect(() => {
    if (!isAsked || data === undefined || isFull) return;
    keep(isUntouched(playground) ? only(data) : withOpened(playground, data));
    if (data.masked.length > 0) say('Masked variables are shown as ***: fill them in before you run it.');
    void navigate({ search: {}, replace: true });
    // Runs once for what was read, so that later typing does not open it again.
  }, [data]);
  return {
    error: isAsked ? error : null,
    retry: () => void refetch(),
    isFull: isAsked && data !== undefined && isFull,
    dismiss,
    replaceLast: () => {
      if (data === undefined) return;
      keep(withOpened({ ...playground, variants: playground.variants.slice(0, -1) }, data));
      dismiss();
    },
  };
}

function only({ variant, variables }: Opened): Playground {
  return { variants: [variant], variables };
}

/** Next to others it gets its own variables unless they equal the shared ones. */
function withOpened(playground: Playground, { variant, variables }: Opened): Playground {
  const own = variables === null || variables === playground.variables ? null : variables;
  return { ...playground, variants: [...playground.variants, { ...variant, variables: own }] };
}
