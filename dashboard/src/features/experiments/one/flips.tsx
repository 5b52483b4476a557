import type { ExperimentComparison } from '@prompt-ledger/client';
import { visibleText } from '../../../ui/text/visible-text';

/** The items that one candidate passes and the other does not. */
export function Flips({ comparison }: { readonly comparison: ExperimentComparison }) {
  const { flipped, baseline, candidate } = comparison;
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
          </tr>
        </thead>
        <tbody>
          {flipped.map(({ index, external_id: id, item_hash: hash, baseline: before, candidate: after }) => (
            <tr key={index} className="border-t">
              <th scope="row" className="px-3.5 py-1.5 text-left font-normal break-all" title={hash}>
                {visibleText(id ?? `item ${index + 1}`)}
              </th>
              <td className="px-3.5 py-1.5 text-right tabular-nums">{before}</td>
              <td
                className={`px-3.5 py-1.5 text-right tabular-nums ${after > before ? 'text-good' : 'text-bad'}`}
              >
                {after > before ? '▲' : '▼'} {after}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
