import type { RolloutDetail } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { Panel } from '../../../ui/panel';
import { classNames } from '../../../ui/text/class-names';
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';
import { isUnderWay } from '../rollout-status';

/** Lists the shares that the candidate gets, one after another. A step that has begun leads to its figures. */
export function StepsPanel({
  rollout,
  chosen,
}: {
  readonly rollout: RolloutDetail;
  /** The step whose figures are shown. */
  readonly chosen: number | null;
}) {
  const { steps, phases, phase: present, status, rollout_id: id } = rollout;
  return (
    <Panel title="Steps" note={describe(rollout)}>
      <ol className="m-0 grid list-none grid-cols-[repeat(auto-fill,minmax(120px,1fr))] gap-2 p-3.5">
        {steps.map(({ percent, hold_min: hold }, at) => {
          const number = at + 1;
          const begun = phases.find((phase) => phase.phase === number);
          const isPresent = isUnderWay(status) && number === present;
          const what = (
            <>
              <span className="flex items-baseline gap-1.5">
                <b className="text-[15px] font-[620] tabular-nums">{`${percent} %`}</b>
                <span className="text-[12px] text-ink-3">{`step ${number}`}</span>
              </span>
              <span className={classNames('text-[12px]', isPresent ? 'text-accent' : 'text-ink-3')}>
                {isPresent && (status === 'paused' ? 'paused here' : 'now')}
                {!isPresent && begun === undefined && (hold === 0 ? 'to come' : `holds ${hold} min`)}
                {!isPresent && begun !== undefined && (
                  <>
                    began <Time at={begun.started_at} />
                  </>
                )}
              </span>
            </>
          );
          const box = classNames(
            'grid gap-0.5 rounded-md border px-2.5 py-1.5 text-ink no-underline',
            isPresent && 'border-accent!',
            number === chosen && 'bg-accent-soft',
          );
          return (
            <li key={number} aria-current={isPresent ? 'step' : undefined}>
              {begun === undefined ? (
                <div className={classNames(box, 'border-dashed')}>{what}</div>
              ) : (
                <Link
                  to="/rollouts/$id"
                  params={{ id }}
                  search={(before) => ({ ...before, step: number })}
                  replace
                  className={classNames(box, 'hover:border-line-strong')}
                  aria-current={number === chosen ? 'true' : undefined}
                >
                  {what}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}

const ENDED = { completed: 'Completed', rolled_back: 'Rolled back', stopped: 'Stopped' } as const;

function describe({
  status,
  percent,
  phase,
  steps,
  status_by: by,
  status_reason: reason,
}: RolloutDetail): string {
  if (status === 'draft') return 'nobody gets the candidate yet';
  if (status === 'running') return `the candidate gets ${percent} %, step ${phase ?? 1} of ${steps.length}`;
  const why = reason === null ? '' : `: ${visibleText(reason)}`;
  if (status === 'paused') return `paused by ${visibleText(by)}, everybody gets the control${why}`;
  return `${ENDED[status]} by ${visibleText(by)}${why}`;
}
