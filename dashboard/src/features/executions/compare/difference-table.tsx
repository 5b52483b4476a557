import { Chip } from '../../../ui/chip';
import { Panel } from '../../../ui/panel';
import { visibleText } from '../../../ui/text/visible-text';
import { type Difference, NONE } from './list-differences';

const HEAD = 'border-b px-3 py-2 text-left text-[11.5px] font-[540] text-ink-3';
const CELL = 'border-b px-3 py-2 align-top break-words';

/** Lists the facts that differ above those that are equal, and omits facts that neither execution has. */
export function DifferenceTable({
  title,
  differences,
}: {
  readonly title: string;
  readonly differences: readonly Difference[];
}) {
  const different = differences.filter(({ isSame }) => !isSame);
  const same = differences.filter(({ isSame, before }) => isSame && before !== NONE);
  return (
    <Panel
      title={title}
      note={
        different.length === 0
          ? 'nothing differs'
          : `${different.length} ${different.length === 1 ? 'differs' : 'differ'}`
      }
    >
      <div className="overflow-x-auto" role="region" aria-label={title} tabIndex={0}>
        <table className="w-full table-fixed border-collapse tabular-nums">
          <thead>
            <tr>
              {['', 'This one', 'The other'].map((name) => (
                <th key={name} scope="col" className={HEAD}>
                  {name === '' ? <span className="sr-only">Fact</span> : name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="[&>tr:last-child>*]:border-b-0">
            {[...different, ...same].map(({ name, before, after, isSame }) => (
              <tr key={name}>
                <th scope="row" className={`${CELL} text-left font-normal text-ink-3`}>
                  {visibleText(name)} {!isSame && <Chip tone="warn">differs</Chip>}
                </th>
                <td className={CELL}>{visibleText(before)}</td>
                <td className={CELL}>
                  {isSame ? <span className="text-ink-3">the same</span> : visibleText(after)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
