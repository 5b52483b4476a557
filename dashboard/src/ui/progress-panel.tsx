import { Panel } from './panel';
import { count } from './text/format';

export interface ProgressCounts {
  readonly queued: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
}

/** Shows how many calls of a larger work are over. */
export function ProgressPanel({
  title,
  label,
  total,
  counts: { queued, running, succeeded, failed, canceled },
}: {
  readonly title: string;
  /** What the bar measures. */
  readonly label: string;
  readonly total: number;
  readonly counts: ProgressCounts;
}) {
  const over = succeeded + failed + canceled;
  return (
    <Panel title={title} note={`${count(over)} of ${count(total)} are over`}>
      <div className="grid gap-2 p-3.5">
        <progress aria-label={label} className="w-full accent-accent" max={total} value={over} />
        <span className="text-ink-3">
          {`${count(running)} running, ${count(queued)} waiting, ${count(failed)} failed`}
        </span>
      </div>
    </Panel>
  );
}
