import { useBackground } from '../hooks/use-background';
import { Problem } from '../problem';
import { LongText } from './long-text';

/** Lines of context around a change. */
const CONTEXT = 3;

/** Shows the changes by word, and cuts unchanged text to the lines around them. */
export function WordDiff({ before, after }: { readonly before: string; readonly after: string }) {
  const { output: parts, error, isBehind } = useBackground('compare', [before, after]);
  if (error !== null) return <Problem error={error} />;
  if (parts === null) return null;
  return (
    <pre className="code-block m-0" aria-label="What changes" aria-busy={isBehind}>
      {parts.map(({ kind, value }, at) => {
        const key = `${at}`;
        if (kind === 'added') {
          return (
            <ins key={key} className="rounded-[3px] bg-good-soft text-good no-underline">
              <LongText>{value}</LongText>
            </ins>
          );
        }
        if (kind === 'removed') {
          return (
            <del key={key} className="rounded-[3px] bg-bad-soft text-bad line-through decoration-1">
              <LongText>{value}</LongText>
            </del>
          );
        }
        return (
          <span key={key}>
            <LongText>{cut(value, at === 0, at === parts.length - 1)}</LongText>
          </span>
        );
      })}
    </pre>
  );
}

function cut(text: string, isFirst: boolean, isLast: boolean): string {
  const lines = text.split('\n');
  const head = isFirst ? [] : lines.slice(0, CONTEXT + 1);
  const tail = isLast ? [] : lines.slice(-CONTEXT - 1);
  if (lines.length <= head.length + tail.length + 1) return text;
  return [...head, `⋯ ${lines.length - head.length - tail.length} lines the same`, ...tail].join('\n');
}
