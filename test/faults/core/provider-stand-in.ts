import { OpenAiServer, type BehaviourRule } from '../../fakes/vendors/openai-server.js';
import { FaultProxy } from './connections/fault-proxy.js';
import type { LedgerDatabase } from './checks/ledger-database.js';

/** One call as the provider saw it: the ground truth of what was sent. */
export interface ReceivedCall {
  /** `<execution_id>-<attempt>`, which the adapter sends. */
  readonly attemptId: string;
  readonly executionId: string;
  readonly attempt: number;
  readonly receivedAtMs: number;
  /** Whether its attempt was committed at that moment; null while the database could not be asked. */
  isOnRecord: boolean | null;
}

/** An OpenAI on loopback behind a proxy that queries the database about each call when it arrives. */
export class ProviderStandIn {
  readonly calls: ReceivedCall[] = [];
  private readonly asking = new Set<Promise<void>>();

  private constructor(
    readonly server: OpenAiServer,
    readonly proxy: FaultProxy,
    private readonly database: LedgerDatabase,
  ) {
    this.behave({ kind: 'answer' });
  }

  static async start(database: LedgerDatabase): Promise<ProviderStandIn> {
    const server = await OpenAiServer.start();
    const proxy = await FaultProxy.start(Number(new URL(server.baseUrl).port));
    return new ProviderStandIn(server, proxy, database);
  }

  /** The value for OPENAI_BASE_URL. */
  get baseUrl(): string {
    const url = new URL(this.server.baseUrl);
    url.port = String(this.proxy.port);
    return url.href;
  }

  /** Sets the behaviour of every model. */
  behave(rule: BehaviourRule): void {
    this.server.behave((request) => {
      if (request.attemptId !== null) this.write(request.attemptId, request.receivedAtMs);
      return typeof rule === 'function' ? rule(request) : rule;
    });
  }

  /** Waits until the database queries of all calls so far have answers. */
  async settle(): Promise<void> {
    await Promise.all(this.asking);
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.server.stop();
    await this.settle();
  }

  private write(attemptId: string, receivedAtMs: number): void {
    const end = attemptId.lastIndexOf('-');
    const call: ReceivedCall = {
      attemptId,
      executionId: attemptId.slice(0, end),
      attempt: Number(attemptId.slice(end + 1)),
      receivedAtMs,
      isOnRecord: null,
    };
    this.calls.push(call);
    const asked = this.ask(call).finally(() => this.asking.delete(asked));
    this.asking.add(asked);
  }

  private async ask(call: ReceivedCall): Promise<void> {
    const text = `SELECT FROM execution_attempts_all
      WHERE project_id IN (SELECT project_id FROM projects) AND execution_id = $1 AND attempt = $2`;
    try {
      call.isOnRecord = (await this.database.query(text, [call.executionId, call.attempt])).length === 1;
    } catch {
      // The database being down is then the fault itself. The row is looked up again at the end.
    }
  }
}
