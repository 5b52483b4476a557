import { type FunctionCall, JournalConnections } from '../../../src/infra/database/index.js';

/** The server does what it is told, and the connection is lost before its answer. */
export class LossyConnections extends JournalConnections {
  private readonly losses: { readonly name: string; readonly meanwhile: () => Promise<unknown> }[] = [];
  /** Names of the statements that were sent. */
  readonly sent: string[] = [];

  /** The next statement of that name. @param meanwhile what happens before its caller knows that the answer is lost. */
  loseAnswerOf(name: string, meanwhile: () => Promise<unknown> = () => Promise.resolve()): void {
    this.losses.push({ name, meanwhile });
  }

  override async call<Row extends Record<string, unknown>>(call: FunctionCall): Promise<Row[]> {
    this.sent.push(call.name);
    const rows = await super.call<Row>(call);
    const index = this.losses.findIndex(({ name }) => name === call.name);
    const [loss] = index < 0 ? [] : this.losses.splice(index, 1);
    if (loss === undefined) return rows;
    await loss.meanwhile();
    throw new Error('Connection terminated unexpectedly');
  }
}
