import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../../infra/config/index.js';
import { DatabaseListener } from '../../infra/database/index.js';
import { Clock, getMessage } from '../../kernel/index.js';
import { type Revisions, SECRETS_CHANNEL, SecretsRepository } from './secrets.repository.js';

/** A change of a secret takes effect within 5 s on every process: two reads, and a second for the read itself. */
const INTERVAL_MS = 2000;
const TTL_MS = 4000;

/**
 * Tracks which projects have their own keys: by a read every two seconds, and by a notification of each change, which arrives within
 * milliseconds if the process is listening. Requests of other projects only pay for a map lookup.
 */
@Injectable()
export class SecretWatch implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(SecretWatch.name);
  private revisions: Revisions = new Map();
  private readAtMs = Number.NEGATIVE_INFINITY;
  private looking: Promise<void> = Promise.resolve();
  private isLooking = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly secrets: SecretsRepository,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    private readonly listener: DatabaseListener,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => {
      if (!this.isLooking) this.lookSoon();
    }, INTERVAL_MS);
    this.timer.unref();
    // Without `SECRETS_KEY` there are no secrets to watch, and a worker may not need this connection for anything else.
    if (this.config.secretsKeys.all.length === 0) return;
    void this.listener.subscribe(SECRETS_CHANNEL, () => {
      this.lookSoon();
    });
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Whether the revisions are recent enough to use. */
  get isFresh(): boolean {
    return this.clock.monotonicMs() - this.readAtMs < TTL_MS;
  }

  /** @returns undefined for a project without secrets. */
  getRevisions(projectId: string): string | undefined {
    return this.revisions.get(projectId);
  }

  /** Returns the account of a call's credentials, for circuits; empty for the operator's. */
  toAccount(projectId: string, provider: string): string {
    const revisions = this.revisions.get(projectId);
    if (revisions === undefined) return '';
    const own = revisions.split(',').find((each) => each.startsWith(`${provider}:`));
    return own === undefined ? '' : `${projectId} ${own}`;
  }

  /** Reads again, one read at a time, so that an older result never replaces a newer one. */
  refresh(): Promise<void> {
    const look = this.looking.then(() => this.look());
    this.looking = look.catch(() => undefined);
    return look;
  }

  private lookSoon(): void {
    this.refresh().catch((error: unknown) => {
      this.logger.debug(`project secrets could not be checked: ${getMessage(error)}`);
    });
  }

  private async look(): Promise<void> {
    // The age counts from before the read, so that a slow one does not stretch it.
    const askedAtMs = this.clock.monotonicMs();
    this.isLooking = true;
    try {
      this.revisions = await this.secrets.listRevisions();
      this.readAtMs = askedAtMs;
    } finally {
      this.isLooking = false;
    }
  }
}
