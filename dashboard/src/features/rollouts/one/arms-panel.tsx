import type { RolloutArm, RolloutArmTotals, RolloutDetail, RolloutPhase } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { useMay } from '../../../api/use-session';
import { Chip } from '../../../ui/chip';
import { given } from '../../../ui/search-params';
import { count } from '../../../ui/text/format';
import { SUSPECT_P, writeP } from '../figures';
import { FiguresTable, Row } from './figures-table';

const ARMS: readonly RolloutArm[] = ['control', 'candidate'];
const FIGURES: readonly (readonly [head: string, value: (totals: RolloutArmTotals) => number])[] = [
  ['Units', ({ units }) => units],
  ['Executions', ({ executions }) => executions],
  ['Succeeded', ({ succeeded }) => succeeded],
  ['Failed', ({ failed }) => failed],
  ['Canceled', ({ canceled }) => canceled],
  ['From the cache', ({ cached }) => cached],
  ['Fallbacks', ({ fallbacks }) => fallbacks],
  ['Without a key', ({ without_unit_key: units }) => units],
];

/** Shows the units and executions of each arm, and whether the split is as planned. */
export function ArmsPanel({
  rollout,
  phase,
}: {
  readonly rollout: RolloutDetail;
  readonly phase: RolloutPhase;
}) {
  const mayList = useMay('executions:list');
  const { ratio_p_value: p } = phase;
  const heads = ['Arm', ...FIGURES.map(([head]) => head)];
  return (
    <FiguresTable
      title="Arms"
      note={
        <>
          {`step ${phase.phase}, `}
          {p < SUSPECT_P ? (
            <Chip tone="bad">{`the split is not as planned, p ${writeP(p)}: something loses units`}</Chip>
          ) : (
            `split as planned, p ${writeP(p)}`
          )}
        </>
      }
      heads={heads}
    >
      {ARMS.map((arm) => (
        <Row
          key={arm}
          name={`${arm} v${rollout[arm].version_number}`}
          cells={FIGURES.map(([head, value]) => {
            const number = count(value(phase.arms[arm]));
            if (head !== 'Executions' || !mayList) return number;
            return (
              <Link
                key={head}
                to="/executions"
                search={given({
                  rollout: rollout.rollout_id,
                  arm,
                  from: phase.started_at,
                  to: phase.ended_at ?? undefined,
                })}
                className="text-accent"
                title="Executions of this arm that were asked for while the step lasted"
              >
                {number}
              </Link>
            );
          })}
        />
      ))}
    </FiguresTable>
  );
}
