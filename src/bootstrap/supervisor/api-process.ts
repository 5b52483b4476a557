import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { FamilyReport } from '../../infra/metrics/index.js';
import {
  type Assignment,
  countBatch,
  type Counters,
  type MessageToProcess,
  type MessageToSupervisor,
  PendingAnswers,
  type ProviderLine,
} from '../../infra/supervision/index.js';

/** Shorter than a process waits for the supervisor to gather reports. */
const REPORT_TIMEOUT_MS = 2_000;
const ENTRY = join(__dirname, '../../api-process.js');

/** How a process ended. */
export interface ProcessEnd {
  /** For example "SIGKILL" or "exit code 1". */
  readonly how: string;
  /** Why the process refused to start, if it said so. */
  readonly refusal: string | null;
  /** Connections that were meant for the process and never reached it. */
  readonly unsent: readonly Socket[];
}

/** The supervisor's view of one API process, which starts with the constructor. */
export class ApiProcess {
  readonly pid: number;
  /** Resolves when the process accepts connections. Stays pending if it ends before that. */
  readonly ready: Promise<readonly ProviderLine[]>;
  readonly ended: Promise<ProcessEnd>;

  private readonly child: ChildProcess;
  private readonly unsent = new Set<Socket>();
  private refusal: string | null = null;
  private readonly reports = new PendingAnswers<readonly FamilyReport[]>();
  private lastReport: readonly FamilyReport[] = [];
  private becomeReady: (providers: readonly ProviderLine[]) => void = () => undefined;

  /**
   * @param counters where all processes count together.
   * @param gatherReports gathers the counts of all processes, for the one that is scraped.
   */
  constructor(
    private readonly counters: Counters,
    private readonly gatherReports: () => Promise<readonly FamilyReport[]>,
  ) {
    this.ready = new Promise((resolve) => (this.becomeReady = resolve));
    this.child = fork(ENTRY, [], {
      execArgv: process.execArgv.filter((arg) => !arg.startsWith('--inspect')),
    });
    this.pid = this.child.pid ?? 0;
    // The message was for a process that has just ended; its end tells the rest.
    this.child.on('error', () => undefined);
    this.child.on('message', (message: MessageToSupervisor) => this.hear(message));
    this.ended = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => {
        this.reports.failAll(new Error('the process has ended'));
        const how = signal ?? `exit code ${String(code)}`;
        resolve({ how, refusal: this.refusal, unsent: [...this.unsent] });
      });
    });
  }

  start(assignment: Assignment): void {
    this.send({ kind: 'start', assignment });
  }

  /** Hands over a connection of which nothing has been read. */
  give(socket: Socket): void {
    // Node sends one at a time and holds the others until it is acknowledged.
    this.unsent.add(socket);
    this.child.send({ kind: 'connection' } satisfies MessageToProcess, socket, {}, (error) => {
      if (error === null) this.unsent.delete(socket);
    });
  }

  /** Returns the current counts, or the last ones of a process that does not answer or has ended. */
  async report(): Promise<readonly FamilyReport[]> {
    if (!this.child.connected) return this.lastReport;
    const { id, result } = this.reports.open(REPORT_TIMEOUT_MS, 'the process does not answer');
    this.send({ kind: 'report', id });
    await result.then(
      (report) => (this.lastReport = report),
      () => undefined,
    );
    return this.lastReport;
  }

  /** The last reported counts. */
  get reported(): readonly FamilyReport[] {
    return this.lastReport;
  }

  /** Tells the process to leave in order; `ended` resolves when it has. */
  stop(): void {
    this.send({ kind: 'stop' });
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private hear(message: MessageToSupervisor): void {
    if (message.kind === 'ready') this.becomeReady(message.providers);
    else if (message.kind === 'refused') this.refusal = message.sentence;
    else if (message.kind === 'reported') this.reports.settle(message.id, message.report);
    else if (message.kind === 'gather') {
      const { id } = message;
      void this.gatherReports().then((report) => this.send({ kind: 'gathered', id, report }));
    } else {
      const { batch, requests } = message;
      void countBatch(this.counters, requests).then((counts) =>
        this.send({ kind: 'counted', batch, counts }),
      );
    }
  }

  private send(message: MessageToProcess): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }
}
