import type { RolloutArm, RolloutPhase } from '@prompt-ledger/client';
import { visibleText } from '../../../ui/text/visible-text';
import { writeDelay } from '../figures';
import { FiguresTable, Row } from './figures-table';

const ARMS: readonly RolloutArm[] = ['control', 'candidate'];

/** Shows how long scores and outcomes arrived after their executions. Shows nothing where none can be late. */
export function DelaysPanel({ phase: { comparisons, phase } }: { readonly phase: RolloutPhase }) {
  const rows = comparisons.flatMap(({ metric, role, delays }) =>
    delays === null || (delays.control === null && delays.candidate === null)
      ? []
      : ARMS.map((arm) => ({ metric, role, arm, delay: delays[arm] })),
  );
  if (rows.length === 0) return null;
  return (
    <FiguresTable
      title="Delays"
      note={`step ${phase}; how long values came after the execution had ended`}
      heads={['Metric', 'Arm', 'Median', 'p95', 'Longest']}
    >
      {rows.map(({ metric, role, arm, delay }) => (
        <Row
          key={`${role} ${metric} ${arm}`}
          name={<span className="block max-w-[260px] break-words">{visibleText(metric)}</span>}
          cells={[
            arm,
            ...(delay === null
              ? ['–', '–', '–']
              : [delay.median_ms, delay.p95_ms, delay.max_ms].map(writeDelay)),
          ]}
        />
      ))}
    </FiguresTable>
  );
}
