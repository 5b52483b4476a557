import { useState } from 'react';
import { Select } from '../../ui/controls/field';
import { Panel } from '../../ui/panel';
import { WordDiff } from '../../ui/text/word-diff';
import { useRuns } from './variants/run-store';
import { NAMES, type Variant } from './variants/variant';

/** Shows the differences between two answers, word by word. */
export function ComparePanel({ variants }: { readonly variants: readonly Variant[] }) {
  const runs = useRuns(variants);
  const answers = variants.flatMap(({ id }, at) => {
    const run = runs[at] ?? null;
    const isOver = run !== null && run.state !== 'running' && run.text !== '';
    return isOver ? [{ id, name: NAMES[at] ?? '?', text: run.text }] : [];
  });
  const [chosen, choose] = useState<{ readonly before?: string; readonly after?: string }>({});
  const [first, second] = answers;
  if (first === undefined || second === undefined) return null;
  const before = answers.find(({ id }) => id === chosen.before) ?? first;
  const others = answers.filter(({ id }) => id !== before.id);
  const after = others.find(({ id }) => id === chosen.after) ?? others[0] ?? second;
  return (
    <Panel
      title="Compare"
      note="by word"
      aside={
        <span className="flex items-center gap-2 text-[12px] font-normal text-ink-2">
          <Select
            aria-label="Compare this answer"
            value={before.id}
            onChange={({ target }) => choose({ ...chosen, before: target.value })}
          >
            {answers.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
          with
          <Select
            aria-label="with that one"
            value={after.id}
            onChange={({ target }) => choose({ ...chosen, after: target.value })}
          >
            {others.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        </span>
      }
    >
      <div className="p-3">
        {before.text === after.text ? (
          <p className="m-0 text-ink-2">Both answers are the same, to the last character.</p>
        ) : (
          <WordDiff key={`${before.id} ${after.id}`} before={before.text} after={after.text} />
        )}
      </div>
    </Panel>
  );
}
