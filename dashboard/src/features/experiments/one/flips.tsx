import type { ExperimentComparison } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { useMay } from '../../../api/use-session';
import { visibleText } from '../../../ui/text/visible-text';

/** Lists the items that only one candidate passes. Each value links to its execution. */
export function Flips({ comparison }: { readonly comparison: ExperimentComparison }) {
  const { flipped, baseline, candidate } = comparison;
  const mayRead = useMay('executions:read');
  if (flipped.length === 0) {
    return <p className="m-0 border-t px-3.5 py-2.5 text-ink-3">No item differs between the two.</p>;
  }
  return (
    <div
      className="max-h-[50vh] overflow-auto border-t"
      tabIndex={0}
      role="region"
      aria-label="Items that differ"
    >
      <table className="w-full border-collapse">
        <caption className="px-3.5 py-2 text-left text-ink-2">{`${flipped.length} ${flipped.length === 1 ? 'item differs' : 'items differ'}`}</caption>
        <thead>
          <tr className="text-[11.5px] text-ink-3">
            <th scope="col" className="px-3.5 py-1.5 text-left font-[540]">
              Item
            </th>
            <th scope="col" className="px-3.5 py-1.5 text-right font-[540]">
              {visibleText(baseline)}
            </th>
            <th scope="col" className="px-3.5 py-1.5 text-right font-[540]">
              {visibleText(candidate)}
            </th>
            {mayRead && (
              <th scope="col" className="px-3.5 py-1.5 text-right font-[540]">
                Side by side
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {flipped.map((item) => (
            <FlippedRow key={item.index} item={item} comparison={comparison} mayRead={mayRead} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FlippedRow({
  item,
  comparison: { baseline, candidate },
  mayRead,
}: {
  readonly item: ExperimentComparison['flipped'][number];
  readonly comparison: ExperimentComparison;
  readonly mayRead: boolean;
}) {
  const { baseline: before, candidate: after } = item;
  const name = visibleText(item.external_id ?? `item ${item.index + 1}`);
  const [had] = mayRead ? item.baseline_execution_ids : [];
  const [got] = mayRead ? item.candidate_execution_ids : [];
  return (
    <tr className="border-t">
      <th scope="row" className="px-3.5 py-1.5 text-left font-normal break-all" title={item.item_hash}>
        {name}
      </th>
      <td className="px-3.5 py-1.5 text-right tabular-nums">
        <ExecutionLink
          id={had}
          words={`${name} by ${visibleText(baseline)}: ${before}`}
        >{`${before}`}</ExecutionLink>
      </td>
      <td className={`px-3.5 py-1.5 text-right tabular-nums ${after > before ? 'text-good' : 'text-bad'}`}>
        <ExecutionLink
          id={got}
          words={`${name} by ${visibleText(candidate)}: ${after}`}
        >{`${after > before ? '▲' : '▼'} ${after}`}</ExecutionLink>
      </td>
      {mayRead && (
        <td className="px-3.5 py-1.5 text-right">
          {had !== undefined && got !== undefined && (
            <Link
              to="/executions/$id/compare"
              params={{ id: got }}
              search={{ with: had }}
              aria-label={`Compare the executions of ${name}`}
            >
              compare
            </Link>
          )}
        </td>
      )}
    </tr>
  );
}

/** Links a value to its execution, the first of several repetitions. Without an id it shows the value alone. */
function ExecutionLink({
  id,
  words,
  children,
}: {
  readonly id: string | undefined;
  readonly words: string;
  readonly children: string;
}) {
  if (id === undefined) return children;
  return (
    <Link to="/executions/$id" params={{ id }} aria-label={words} className="text-inherit">
      {children}
    </Link>
  );
}
