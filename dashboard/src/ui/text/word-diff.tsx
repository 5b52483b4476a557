import { useMemo } from 'react';
import { compareWords } from './compare-words';
import { visibleText } from './visible-text';

/** Lines of context around a change. */
const CONTEXT = 3;

/** Shows the changes by word; unchanged text is cut to the lines around them. */
export function WordDiff({ before, after }: { readonly before: string; readonly after: string }) {
  const parts = useMemo(() => compareWords(before, after), [before, after]);
  return (
    <pre className="code-block m-0" aria-label="What changes">
      {parts.map(({ kind, value }, at) => {
        const key = `${at}`;
        if (kind === 'added') {
          return (
            <ins key={key} className="rounded-[3px] bg-good-soft text-good no-underline">
              {visibleText(value)}
            </ins>
          );
        }
        if (kind === 'removed') {
          return (
            <del key={key} className="rounded-[3px] bg-bad-soft text-bad line-through decoration-1">
              {visibleText(value)}
            </del>
          );
        }
        return <span key={key}>{visibleText(cut(value, at === 0, at === parts.length - 1))}</span>;
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
