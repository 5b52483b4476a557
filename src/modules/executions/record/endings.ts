import {
  type EndEntry,
  Journal,
  type JournalConnections,
  type JournalOptions,
} from '../../../infra/database/index.js';
import type { ExecutionMode } from '../../../entities/index.js';
import type { ExecutionMetrics } from '../../../infra/metrics/index.js';
import { end, endPlain, isPlainEnding, recordLate } from './end.js';

/** Ends many executions in one statement and one commit. Those without duties have their own journal. */
export class Endings {
  private readonly plain: Journal<EndEntry, boolean>;
  private readonly general: Journal<EndEntry, boolean>;

  constructor(
    private readonly connections: JournalConnections,
    private readonly metrics: ExecutionMetrics,
    options: Pick<JournalOptions<never, never>, 'maxRows' | 'workers' | 'patienceMs' | 'observer'>,
  ) {
    const toKey = ({ execution_id: id }: EndEntry) => id;
    this.plain = new Journal<EndEntry, boolean>({
      ...options,
      toKey,
      countChars,
      write: (entries) => endPlain(this.connections, entries),
    });
    this.general = new Journal<EndEntry, boolean>({
      ...options,
      toKey,
      countChars,
      write: (entries) => this.writeGeneral(entries),
    });
  }

  /**
   * @param mayHaveDuties false when it certainly has none; the statement checks again in any case.
   * @param mode the mode that it is counted under.
   * @returns false when this process no longer holds the execution: then the result is kept as a late one, and changes nothing
   *   else.
   */
  async append(entry: EndEntry, mayHaveDuties: boolean, mode: ExecutionMode): Promise<boolean> {
    const isPlain = !mayHaveDuties && isPlainEnding(entry);
    const isEnded = (isPlain && (await this.plain.append(entry))) || (await this.general.append(entry));
    if (isEnded && entry.next === 'final') this.count(entry, mode);
    return isEnded;
  }

  private count(
    { provider, model_name: modelName, status, ends_as: endsAs, output_valid: isValid }: EndEntry,
    mode: ExecutionMode,
  ): void {
    const model = provider == null || modelName == null ? null : { provider, modelName };
    if (isValid != null) this.metrics.outputChecked(isValid);
    this.metrics.executionEnded(model, mode, endsAs ?? status ?? 'failed');
  }

  private async writeGeneral(entries: readonly EndEntry[]): Promise<boolean[]> {
    const isEnded = await end(this.connections, entries);
    const rest = entries.filter((_, index) => !isEnded[index]);
    if (rest.length === 0) return isEnded;
    const wasEnded = await recordLate(this.connections, rest);
    const ours = new Set(rest.filter((_, index) => wasEnded[index]));
    return entries.map((entry, index) => isEnded[index] === true || ours.has(entry));
  }
}

function countChars({
  response_text: text,
  answer_body: answer,
  tool_calls: calls,
  usage,
}: EndEntry): number {
  return (text?.length ?? 0) + (answer?.length ?? 0) + (calls?.length ?? 0) + (usage?.length ?? 0);
}
