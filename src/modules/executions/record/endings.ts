import {
  type EndEntry,
  Journal,
  type JournalConnections,
  type JournalOptions,
} from '../../../infra/database/index.js';
import { end, endPlain, isPlainEnding, recordLate } from './end.js';

/** How executions end: many in one statement and one commit, those without duties in a journal of their own. */
export class Endings {
  private readonly plain: Journal<EndEntry, boolean>;
  private readonly general: Journal<EndEntry, boolean>;

  constructor(
    private readonly connections: JournalConnections,
    options: Pick<JournalOptions<never, never>, 'maxRows' | 'lanes' | 'patienceMs'>,
  ) {
    const keyOf = ({ execution_id: id }: EndEntry) => id;
    this.plain = new Journal<EndEntry, boolean>({
      ...options,
      keyOf,
      charsOf,
      write: (entries) => endPlain(this.connections, entries),
    });
    this.general = new Journal<EndEntry, boolean>({
      ...options,
      keyOf,
      charsOf,
      write: (entries) => this.writeGeneral(entries),
    });
  }

  /**
   * @param mayHaveDuties false when it surely has none; the statement looks again in any case.
   * @returns false when the execution is no longer ours: then the result is kept as a late one, and changes nothing else.
   */
  async append(entry: EndEntry, mayHaveDuties: boolean): Promise<boolean> {
    if (!mayHaveDuties && isPlainEnding(entry) && (await this.plain.append(entry))) return true;
    return this.general.append(entry);
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

function charsOf({ response_text: text, answer_body: answer, tool_calls: calls, usage }: EndEntry): number {
  return (text?.length ?? 0) + (answer?.length ?? 0) + (calls?.length ?? 0) + (usage?.length ?? 0);
}
