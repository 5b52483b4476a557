import type { Socket } from 'node:net';
import type { FamilyReport } from '../metrics/index.js';
import type {
  Assignment,
  CountRequest,
  MessageToProcess,
  MessageToSupervisor,
  ProviderLine,
} from './messages.js';
import type { Count } from './minute-counters.js';
import { PendingAnswers } from './pending-answers.js';

/** A forked process's end of the channel. */
export interface Channel {
  send?(message: MessageToSupervisor, callback: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: MessageToProcess, socket?: Socket) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

interface Waiting {
  readonly request: CountRequest;
  readonly resolve: (count: Count) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The limit for a supervisor that hangs; the channel reports one that is gone at once. The supervisor never blocks, so it is late only when
 * the whole machine is, and that must not lift the limits.
 */
const COUNT_TIMEOUT_MS = 5_000;
/** Longer than the supervisor waits for a process, shorter than Prometheus waits for an answer. */
const GATHER_TIMEOUT_MS = 5_000;

/** An API process's link to the supervisor that started it. */
export class SupervisorLink {
  /** Resolves once, with the assignment from the supervisor. */
  readonly assigned: Promise<Assignment>;
  /** Resolves when the supervisor says so or is gone, because a process must not outlive its supervisor. */
  readonly toldToStop: Promise<void>;

  private assign: (assignment: Assignment) => void = () => undefined;
  private leave: () => void = () => undefined;
  private takeConnection: (socket: Socket) => void = (socket) => socket.destroy();
  private toCount: Waiting[] = [];
  private readonly asked = new Map<number, readonly Waiting[]>();
  private lastBatch = 0;
  private makeReport: () => Promise<readonly FamilyReport[]> = () => Promise.resolve([]);
  private readonly reports = new PendingAnswers<readonly FamilyReport[]>();

  /** @param channel `process` itself in a forked process. */
  constructor(private readonly channel: Channel) {
    this.assigned = new Promise((resolve) => (this.assign = resolve));
    this.toldToStop = new Promise((resolve) => (this.leave = resolve));
    channel.on('message', (message, socket) => this.hear(message, socket));
    channel.on('disconnect', () => {
      for (const batch of this.asked.keys()) this.fail(batch, new Error('the supervisor is gone'));
      this.reports.failAll(new Error('the supervisor is gone'));
      this.leave();
    });
  }

  /** Passes each connection that the supervisor accepts for this process to `take` from now on. */
  onConnection(take: (socket: Socket) => void): void {
    this.takeConnection = take;
  }

  /** Sets the function that makes this process's report when the supervisor asks for it. */
  onReport(make: () => Promise<readonly FamilyReport[]>): void {
    this.makeReport = make;
  }

  /** Sums the counters of all processes of the supervisor. */
  gatherReports(): Promise<readonly FamilyReport[]> {
    const { id, result } = this.reports.open(GATHER_TIMEOUT_MS, 'the supervisor does not answer');
    this.send({ kind: 'gather', id }, (error) => {
      if (error !== null) this.reports.fail(id, error);
    });
    return result;
  }

  ready(providers: readonly ProviderLine[]): void {
    this.send({ kind: 'ready', providers }, () => undefined);
  }

  /** Resolves when the supervisor has received the sentence, or never will. */
  async refuse(sentence: string): Promise<void> {
    await new Promise<void>((resolve) => this.send({ kind: 'refused', sentence }, () => resolve()));
  }

  /**
   * Counts where all processes of this supervisor count together. Requests in one turn of the event loop share one message and its cost.
   * @throws Error when the supervisor does not answer in time.
   */
  count(request: CountRequest): Promise<Count> {
    return new Promise((resolve, reject) => {
      this.toCount.push({ request, resolve, reject });
      if (this.toCount.length === 1) setImmediate(() => this.sendGathered());
    });
  }

  private sendGathered(): void {
    const batch = (this.lastBatch += 1);
    const waiting = this.toCount;
    this.toCount = [];
    this.asked.set(batch, waiting);
    const timer = setTimeout(() => {
      this.fail(batch, new Error('the supervisor does not answer'));
    }, COUNT_TIMEOUT_MS);
    timer.unref();
    const requests = waiting.map(({ request }) => request);
    this.send({ kind: 'count', batch, requests }, (error) => {
      if (error !== null) this.fail(batch, error);
    });
  }

  private hear(message: MessageToProcess, socket: Socket | undefined): void {
    if (message.kind === 'start') this.assign(message.assignment);
    else if (message.kind === 'stop') this.leave();
    else if (message.kind === 'counted') this.settle(message.batch, message.counts);
    else if (message.kind === 'gathered') this.reports.settle(message.id, message.report);
    else if (message.kind === 'report') void this.tellReport(message.id);
    // The client may have disconnected while its connection was being handed over.
    else if (socket !== undefined) this.takeConnection(socket);
  }

  /** Sends no report when making it fails; the supervisor then uses the last one. */
  private async tellReport(id: number): Promise<void> {
    const report = await this.makeReport().catch(() => null);
    if (report !== null) this.send({ kind: 'reported', id, report }, () => undefined);
  }

  private settle(batch: number, counts: readonly Count[]): void {
    const waiting = this.asked.get(batch) ?? [];
    this.asked.delete(batch);
    waiting.forEach(({ resolve, reject }, index) => {
      const count = counts[index];
      if (count === undefined) reject(new Error('the supervisor counted something else'));
      else resolve(count);
    });
  }

  private fail(batch: number, error: Error): void {
    for (const { reject } of this.asked.get(batch) ?? []) reject(error);
    this.asked.delete(batch);
  }

  /** Without a channel (the supervisor is gone), Node either throws or calls back, depending on timing. */
  private send(message: MessageToSupervisor, callback: (error: Error | null) => void): void {
    try {
      if (this.channel.send === undefined) throw new Error('there is no supervisor');
      this.channel.send(message, callback);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
