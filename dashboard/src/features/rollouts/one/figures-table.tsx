import type { ReactNode } from 'react';
import { Panel } from '../../../ui/panel';

/** A table of figures that scrolls by itself where it is too wide. */
export function FiguresTable({
  title,
  note,
  heads,
  children,
}: {
  readonly title: string;
  readonly note?: ReactNode;
  readonly heads: readonly string[];
  /** Table rows, each with a cell for each head. */
  readonly children: ReactNode;
}) {
  return (
    <Panel title={title} note={note}>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
        <table aria-label={title} className="w-full border-collapse">
          <thead>
            <tr>
              {heads.map((head, at) => (
                <th
                  key={head}
                  scope="col"
                  className={`border-b px-2.5 py-1.5 text-[11.5px] font-[540] whitespace-nowrap text-ink-3 ${at === 0 ? 'text-left' : 'text-right'}`}
                >
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </Panel>
  );
}

export function Row({ name, cells }: { readonly name: ReactNode; readonly cells: readonly ReactNode[] }) {
  return (
    <tr className="border-b last:border-b-0">
      <th scope="row" className="px-2.5 py-1.5 text-left font-[560]">
        {name}
      </th>
      {cells.map((cell, at) => (
        <td key={`${at}`} className="px-2.5 py-1.5 text-right whitespace-nowrap tabular-nums">
          {cell}
        </td>
      ))}
    </tr>
  );
}

/** A figure, with its bounds below. */
export function Bounded({ value, bounds }: { readonly value: string; readonly bounds: string }) {
  return (
    <>
      {value}
      <span className="block text-[12px] text-ink-3">{bounds}</span>
    </>
  );
}
