import type { ExperimentProgress } from '@prompt-ledger/client';
import { ProgressPanel } from '../../../ui/progress-panel';

/** Shows the progress of an experiment. */
export function Progress({ progress }: { readonly progress: ExperimentProgress }) {
  return (
    <ProgressPanel title="Under way" label="Cells that are over" total={progress.cells} counts={progress} />
  );
}
