import type { RolloutDecision, RolloutDetail, RolloutLook } from '@prompt-ledger/client';
import { Chip, type ChipTone } from '../../../ui/chip';
import { type Column, DataTable } from '../../../ui/data-table';
import { Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';
import { count, fullTime } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { writeP } from '../figures';
import type { Looks } from './use-looks';

const TONES: Readonly<Record<RolloutDecision['kind'], ChipTone>> = {
  continue: 'plain',
  next_step: 'info',
  guardrail: 'bad',
  success: 'good',
};

const COLUMNS: readonly Column<RolloutLook>[] = [
  { id: 'look', title: 'Look', width: '72px', cell: ({ look }) => count(look) },
  {
    id: 'decision',
    title: 'Decided',
    width: 'minmax(150px, 2fr)',
    cell: ({ decision }) => (
      <>
        <Chip tone={TONES[decision.kind]}>{decision.kind.replaceAll('_', ' ')}</Chip>{' '}
        <span className="text-ink-2">{writeDecision(decision)}</span>
      </>
    ),
  },
  { id: 'step', title: 'Step', width: '58px', isNumber: true, isMinor: true, cell: ({ phase }) => phase },
  {
    id: 'units',
    title: 'Units',
    width: 'minmax(96px, 130px)',
    isNumber: true,
    cell: ({ units }) => `${count(units.control)}, ${count(units.candidate)}`,
  },
  {
    id: 'split',
    title: 'Split, p',
    width: '84px',
    isNumber: true,
    isMinor: true,
    cell: ({ ratio_p_value: p }) => writeP(p),
  },
  { id: 'at', title: 'When', width: '190px', isMinor: true, cell: ({ at }) => fullTime(at) },
];

/** Lists every look, newest first, with what it decided. */
export function LooksPanel({
  rollout: { look_count: all },
  looks: { looks, isCut, error, retry },
}: {
  readonly rollout: RolloutDetail;
  readonly looks: Looks;
}) {
  return (
    <Panel
      title="Looks"
      note={isCut ? `the newest ${count(looks.length)} of ${count(all)}` : `${count(all)}, newest first`}
    >
      {error !== null && (
        <div className="p-3">
          <Problem error={error} onRetry={retry} />
        </div>
      )}
      {looks.length === 0 ? (
        error === null && (
          <p className="m-0 px-3.5 py-3 text-ink-3">
            A look is taken when something of either arm has ended.
          </p>
        )
      ) : (
        <div className="flex max-h-[320px] flex-col">
          <DataTable label="Looks" columns={COLUMNS} rows={looks} rowKey={({ look }) => String(look)} />
        </div>
      )}
    </Panel>
  );
}

/** Describes the consequence of a look; empty where there is none. */
export function writeDecision({ action, metrics, phase }: RolloutDecision): string {
  return visibleText(
    [
      ...(phase === undefined ? [] : [`to step ${phase}`]),
      ...(action === undefined ? [] : [action.replaceAll('_', ' ')]),
      ...(metrics === undefined ? [] : [`for ${metrics.join(', ')}`]),
    ].join(' '),
  );
}
