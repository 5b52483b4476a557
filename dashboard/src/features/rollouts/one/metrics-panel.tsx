import type { RolloutComparison, RolloutPhase } from '@prompt-ledger/client';
import { Chip } from '../../../ui/chip';
import { count } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { SUSPECT_P, writeBounds, writeEffect, writeEstimate, writeP, writeValue } from '../figures';
import { Bounded, FiguresTable, Row } from './figures-table';

const HEADS = ['Metric', 'Control', 'Candidate', 'Effect', 'Values', 'Missing', 'Verdict'];

/** Shows each metric in both arms, with the bounds of its true value. */
export function MetricsPanel({ phase: { comparisons, phase } }: { readonly phase: RolloutPhase }) {
  return (
    <FiguresTable
      title="Metrics"
      note={`step ${phase}; below each figure its bounds, which hold at every look`}
      heads={HEADS}
    >
      {comparisons.map((comparison) => (
        <Row
          key={`${comparison.role} ${comparison.metric}`}
          name={
            <>
              <span className="block max-w-[260px] break-words">{visibleText(comparison.metric)}</span>
              <span className="block text-[12px] font-normal text-ink-3">{describe(comparison)}</span>
            </>
          }
          cells={cellsOf(comparison)}
        />
      ))}
    </FiguresTable>
  );
}

function cellsOf(comparison: RolloutComparison) {
  const { arms, effect, missing_p_value: p } = comparison;
  const write = (value: number) => writeValue(comparison, value);
  const scale = effect.relative.estimate === null ? 'absolute' : 'relative';
  const writeDifference = (value: number) => writeEffect(comparison, scale, value);
  return [
    <Bounded
      key="control"
      value={writeEstimate(arms.control, write)}
      bounds={writeBounds(arms.control, write)}
    />,
    <Bounded
      key="candidate"
      value={writeEstimate(arms.candidate, write)}
      bounds={writeBounds(arms.candidate, write)}
    />,
    <Bounded
      key="effect"
      value={writeEstimate(effect[scale], writeDifference)}
      bounds={writeBounds(effect[scale], writeDifference)}
    />,
    `${count(arms.control.values)}, ${count(arms.candidate.values)}`,
    <span key="missing" title={`Whether both arms miss alike: p ${writeP(p)}`}>
      {`${count(arms.control.missing)}, ${count(arms.candidate.missing)}`}
      {p < SUSPECT_P && <span className="block text-[12px] text-warn">unevenly</span>}
    </span>,
    <Verdict key="verdict" comparison={comparison} />,
  ];
}

function Verdict({
  comparison: { is_bad, is_good, is_enough, arms },
}: {
  readonly comparison: RolloutComparison;
}) {
  if (arms.control.values + arms.candidate.values === 0) return <Chip>no values yet</Chip>;
  if (is_bad) return <Chip tone="bad">worse</Chip>;
  if (is_good) return <Chip tone="good">good</Chip>;
  return is_enough ? <Chip>undecided</Chip> : <Chip>too few units</Chip>;
}

/** Formats "primary, up is better, at most 20 % worse". */
export function describe({
  role,
  direction,
  max_regression: most,
}: Pick<RolloutComparison, 'direction' | 'max_regression'> & {
  readonly role?: RolloutComparison['role'];
}): string {
  const words = [
    `${direction} is better`,
    ...(most === 0 ? [] : [`at most ${Number((100 * most).toPrecision(6))} % worse`]),
  ];
  return [...(role === undefined ? [] : [role]), ...words].join(', ');
}
