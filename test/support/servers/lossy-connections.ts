import { type FunctionCall, JournalConnections } from '../../../src/infra/database/index.js';

/** The server executes the statement, but the connection is lost before its answer arrives. */
export class LossyConnections extends JournalConnections {
  private readonly losses: { readonly name: string; readonly meanwhile: () => Promise<unknown> }[] = [];
  /** Names of the statements that were sent. */
  readonly sent: string[] = [];

  /** Loses the answer to the next statement of that name. @param meanwhile runs before the caller learns of the loss. */
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
