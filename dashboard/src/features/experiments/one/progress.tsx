import type { ExperimentProgress } from '@prompt-ledger/client';
import { Panel } from '../../../ui/panel';
import { count } from '../../../ui/text/format';

/** Shows the progress of an experiment. */
export function Progress({
  progress: { cells, queued, running, succeeded, failed, canceled },
}: {
  readonly progress: ExperimentProgress;
}) {
  const over = succeeded + failed + canceled;
  return (
    <Panel title="Under way" note={`${count(over)} of ${count(cells)} are over`}>
      <div className="grid gap-2 p-3.5">
        <progress
          aria-label="Cells that are over"
          className="w-full accent-accent"
          max={cells}
          value={over}
        />
        <span className="text-ink-3">
          {`${count(running)} running, ${count(queued)} waiting, ${count(failed)} failed`}
        </span>
      </div>
    </Panel>
  );
}
