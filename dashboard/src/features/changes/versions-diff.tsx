import { useQuery } from '@tanstack/react-query';
import { ledger } from '../../api/ledger';
import { Problem } from '../../ui/problem';
import { textOfContent } from '../../ui/text/text-of-content';
import { WordDiff } from '../../ui/text/word-diff';

/** Shows the difference between two versions of a prompt, by word. @param from null compares with an empty content. */
export function VersionsDiff({
  name,
  from,
  to,
}: {
  readonly name: string;
  readonly from: number | null;
  readonly to: number;
}) {
  const { data, error, refetch } = useQuery({
    queryKey: ['changes', 'diff', name, from, to],
    queryFn: async ({ signal }) => {
      const [before, after] = await Promise.all([
        from === null ? null : ledger.versions.get(name, from, { signal }),
        ledger.versions.get(name, to, { signal }),
      ]);
      return { before: before === null ? '' : textOfContent(before), after: textOfContent(after) };
    },
    staleTime: Infinity,
  });
  if (error !== null) return <Problem error={error} onRetry={() => void refetch()} />;
  return data === undefined ? null : <WordDiff before={data.before} after={data.after} />;
}
