import { type ReactNode, useState } from 'react';

/** A chart's figures as a table below it, which is rendered when it is opened. */
export function FoldedTable({
  title,
  heads,
  rows,
}: {
  readonly title: string;
  /** The first heads the rows; the others head numbers. */
  readonly heads: readonly string[];
  /** Table rows, with a cell for each head. */
  readonly rows: () => ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="border-t" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="cursor-pointer px-3.5 py-1.5 text-[12px] text-ink-2">{`${title} as a table`}</summary>
      {isOpen && (
        <div
          role="region"
          aria-label={`${title} as a table`}
          tabIndex={0}
          className="max-h-[260px] overflow-auto"
        >
          <table aria-label={title} className="w-full border-collapse text-[12px]">
            <thead className="sticky top-0 bg-panel text-left text-ink-3">
              <tr>
                {heads.map((head, at) => (
                  <th key={head} className={`px-3.5 py-1 font-[540] ${at === 0 ? '' : 'text-right'}`}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{rows()}</tbody>
          </table>
        </div>
      )}
    </details>
  );
}
