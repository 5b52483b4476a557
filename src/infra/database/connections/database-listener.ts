import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Client, escapeIdentifier } from 'pg';
import { Outage, type OutageLogger, withTimeLimit } from '../../../kernel/index.js';

/** Called with a notification's payload, or with `null` after a reconnect, because notifications may have been missed. */
export type OnNotification = (payload: string | null) => void;

export interface DatabaseListenerOptions {
  /** Must reach Postgres directly: a pooler in transaction mode would run LISTEN on a session that other clients share. */
  readonly databaseUrl: string;
  readonly logger: OutageLogger;
  /** Default 2,000. */
  readonly connectTimeoutMs?: number;
}

const CHECK_TIMEOUT_MS = 500;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;
/** This connection is usually idle, and firewalls drop idle connections after some minutes. */
const KEEP_ALIVE_AFTER_MS = 10_000;
/** A silently dropped connection looks like a quiet one, and TCP takes minutes to notice. */
const HEARTBEAT_MS = 5_000;
/** Longer than a check's timeout, so that a busy event loop does not mistake its own delay for the server's. */
const HEARTBEAT_TIMEOUT_MS = 2_500;

/**
 * The process's one LISTEN connection, shared by all subscribers. It opens at the first subscription, so a process that never subscribes
 * has none, and it reconnects when it is lost.
 */
export class DatabaseListener implements BeforeApplicationShutdown {
  private readonly handlers = new Map<string, OnNotification>();
  private readonly live = new Set<string>();
  private readonly stop = new AbortController();
  private readonly outage: Outage;
  private readonly connectTimeoutMs: number;
  private client: Client | null = null;
  private running: Promise<void> | null = null;
  private firstAttempt: Promise<void> | null = null;

  constructor(private readonly options: DatabaseListenerOptions) {
    this.outage = new Outage(options.logger, 'The LISTEN connection');
    this.connectTimeoutMs = options.connectTimeoutMs ?? 2_000;
  }

  /** Resolves after the first attempt to connect, successful or not, and never rejects. Each channel has one handler. */
  async subscribe(channel: string, onNotification: OnNotification): Promise<void> {
    if (this.isClosed()) return;
    this.handlers.set(channel, onNotification);
    if (this.running === null) {
      this.firstAttempt = new Promise((attempted) => {
        this.running = this.run(attempted);
      });
    } else if (this.client !== null) {
      await this.listenOn(this.client, channel).catch((error: unknown) => {
        this.outage.begin(error);
      });
    }
    await this.firstAttempt;
  }

  /** Stops calling the handler. The connection stays open for other subscribers and later subscriptions. */
  unsubscribe(channel: string): void {
    this.handlers.delete(channel);
    if (!this.live.delete(channel)) return;
    // Not awaited, because on a connection that hangs it would delay the shutdown.
    this.client?.query(`UNLISTEN ${escapeIdentifier(channel)}`).catch(() => undefined);
  }

  /** Whether the channel is being listened to, as far as this side can tell. */
  isListening(channel: string): boolean {
    return this.live.has(channel);
  }

  /** Checks over the connection itself. Drops a connection that does not answer, so that a new one takes its place. */
  async check(timeoutMs = CHECK_TIMEOUT_MS): Promise<'up' | 'down'> {
    const client = this.client;
    if (client === null) return 'down';
    try {
      await withTimeLimit(client.query('SELECT 1'), timeoutMs, 'The LISTEN connection');
      return 'up';
    } catch {
      if (this.client === client) this.live.clear();
      // With a query under way, end() destroys the socket instead of waiting for the server to close it.
      void client.end().catch(() => undefined);
      return 'down';
    }
  }

  /** Ends before the pool does: Nest ends the modules that depend on the database before the database. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** Closes for good. May be called more than once. */
  async close(): Promise<void> {
    this.stop.abort();
    this.handlers.clear();
    this.live.clear();
    await this.client?.end().catch(() => undefined);
    await this.running;
  }

  private async run(attempted: () => void): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.isClosed()) {
      const client = this.newClient();
      try {
        const ended = waitForEnd(client);
        await this.attach(client);
        retryMs = FIRST_RETRY_MS;
        attempted();
        await this.whileBeating(ended);
      } catch (error) {
        if (!this.isClosed()) this.outage.begin(error);
      }
      this.client = null;
      this.live.clear();
      attempted();
      void client.end().catch(() => undefined);
      await sleep(retryMs, undefined, { signal: this.stop.signal }).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  }

  private async whileBeating(ended: Promise<never>): Promise<never> {
    const heartbeat = setInterval(() => void this.check(HEARTBEAT_TIMEOUT_MS), HEARTBEAT_MS).unref();
    try {
      return await ended;
    } finally {
      clearInterval(heartbeat);
    }
  }

  private isClosed(): boolean {
    return this.stop.signal.aborted;
  }

  private newClient(): Client {
    return new Client({
      connectionString: this.options.databaseUrl,
      connectionTimeoutMillis: this.connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      application_name: 'prompt-ledger listener',
    });
  }

  private async attach(client: Client): Promise<void> {
    client.on('notification', ({ channel, payload }) => this.handlers.get(channel)?.(payload ?? ''));
    await client.connect();
    if (this.isClosed()) throw new Error('closed while connecting');
    this.client = client;
    for (const channel of this.handlers.keys()) await this.listenOn(client, channel);
    this.outage.end();
  }

  private async listenOn(client: Client, channel: string): Promise<void> {
    await client.query(`LISTEN ${escapeIdentifier(channel)}`);
    const onNotification = this.handlers.get(channel);
    if (this.client !== client || onNotification === undefined) return;
    this.live.add(channel);
    onNotification(null);
  }
}

/** Rejects when the connection ends for any reason. */
function waitForEnd(client: Client): Promise<never> {
  const ended = new Promise<never>((_resolve, reject) => {
    client.once('end', () => {
      reject(new Error('the connection was closed'));
    });
    // pg also emits 'error' when a connection is lost; without a listener it would end the process.
    client.on('error', reject);
  });
  ended.catch(() => undefined);
  return ended;
}
