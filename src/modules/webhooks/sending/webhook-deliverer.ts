import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { Clock, getMessage } from '../../../kernel/index.js';
import { DeliverySlots } from './delivery-slots.js';
import { nextWaitMs } from './retry-schedule.js';
import { type ClaimedEvent, WebhookEventsRepository } from './webhook-events.repository.js';
import { WebhookSecretsService } from '../secrets/webhook-secrets.service.js';
import { type SendResult, WebhookSender } from './webhook-sender.js';

const LOOK_INTERVAL_MS = 1000;
const FORGET_INTERVAL_MS = 60 * 60 * 1000;
/** Added to the timeout: how long recording the outcome may take before another process retries. */
const LEASE_GRACE_MS = 5000;
const BATCHES_AT_ONCE = 100;
/** Long enough for somebody to ask why a callback did not arrive. */
const KEEP_DAYS = 30;
const FORGOTTEN_AT_ONCE = 5000;

/**
 * Delivers the outbox, at least once. Runs in API processes only, which know the secret behind the signing keys. It keeps no state in
 * memory: the leases of a killed process expire, and another process retries under the same id.
 */
@Injectable()
export class WebhookDeliverer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookDeliverer.name);
  private readonly slots: DeliverySlots;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly stopping = new AbortController();
  private isStopping = false;
  private isClaiming = false;
  private claiming: Promise<void> = Promise.resolve();
  /** Whether the last claim returned anything. If so, there may be more, and each freed slot triggers another claim. */
  private mayHaveMore = false;

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly events: WebhookEventsRepository,
    private readonly secrets: WebhookSecretsService,
    private readonly sender: WebhookSender,
  ) {
    this.slots = new DeliverySlots(config.env.WEBHOOK_CONCURRENCY);
  }

  onApplicationBootstrap(): void {
    // Jitter, so that processes that start together do not look at the same moment.
    this.every(LOOK_INTERVAL_MS * (0.9 + Math.random() * 0.2), async () => {
      await this.events.completeBatches(BATCHES_AT_ONCE);
      await this.claim();
    });
    this.every(FORGET_INTERVAL_MS, () => this.forget());
  }

  /** Stops claiming, and gives deliveries in flight the configured grace period. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const timer of this.timers) clearInterval(timer);
    const grace = setTimeout(() => this.stopping.abort(), this.config.env.SHUTDOWN_GRACE_MS);
    await this.claiming;
    await this.slots.whenIdle();
    clearTimeout(grace);
  }

  /** Runs one claim at a time. */
  private async claim(): Promise<void> {
    if (this.isClaiming || this.isStopping || this.slots.free === 0) return;
    this.isClaiming = true;
    const claiming = this.claimForFreeSlots().finally(() => (this.isClaiming = false));
    // The shutdown waits for the claim. The caller below reports its failures.
    this.claiming = claiming.catch(() => undefined);
    await claiming;
  }

  private async claimForFreeSlots(): Promise<void> {
    const claimed = await this.events.claim({
      slots: this.slots.free,
      share: this.slots.share,
      busy: this.slots.busy,
      leaseMs: this.config.env.WEBHOOK_TIMEOUT_MS + LEASE_GRACE_MS,
    });
    this.mayHaveMore = claimed.length > 0;
    for (const event of claimed) void this.work(event);
  }

  private async work(event: ClaimedEvent): Promise<void> {
    this.slots.take(event.projectId);
    try {
      await this.deliver(event);
    } catch (error) {
      const { eventId, subject, attempt } = event;
      this.logger.warn(
        { eventId, subject, attempt },
        `a callback has to be tried again: ${getMessage(error)}`,
      );
    } finally {
      this.slots.release(event.projectId);
      if (this.mayHaveMore) this.attempt(() => this.claim());
    }
  }

  private async deliver(event: ClaimedEvent): Promise<void> {
    const claimedMs = this.clock.monotonicMs();
    const signingKeys = await this.secrets.signingKeys(event.projectId, event.salts);
    const startedMs = this.clock.monotonicMs();
    const result = await this.sender.send(event, signingKeys, claimedMs, this.stopping.signal);
    const waitMs = this.waitAfter(event, result);
    await this.events.report({
      projectId: event.projectId,
      eventId: event.eventId,
      attempt: event.attempt,
      outcome: result.verdict === 'delivered' ? 'succeeded' : 'failed',
      responseStatus: result.responseStatus,
      error: result.error,
      startedAt: new Date(event.claimedAt.getTime() + startedMs - claimedMs),
      durationMs: Math.round(this.clock.monotonicMs() - startedMs),
      waitMs,
    });
    this.log(event, result, waitMs);
  }

  /** @returns null if there is no further try. */
  private waitAfter({ attempt }: ClaimedEvent, { verdict, retryAfterMs }: SendResult): number | null {
    if (verdict !== 'retry') return null;
    return nextWaitMs(this.config.webhookRetryWaitsMs, { attempt, retryAfterMs, random: Math.random() });
  }

  /** Logs only the host of the URL, because paths and queries of callbacks often contain a secret. */
  private log(event: ClaimedEvent, result: SendResult, waitMs: number | null): void {
    const { eventId, type, subject, attempt } = event;
    const host = URL.canParse(event.url) ? new URL(event.url).host : null;
    const facts = { eventId, type, subject, attempt, host, status: result.responseStatus };
    if (result.verdict === 'delivered') this.logger.debug(facts, 'callback delivered');
    else if (waitMs === null) this.logger.warn(facts, `callback given up: ${result.error ?? ''}`);
    else this.logger.log({ ...facts, waitMs: Math.round(waitMs) }, `callback failed: ${result.error ?? ''}`);
  }

  private async forget(): Promise<void> {
    while (!this.isStopping && (await this.events.forget(KEEP_DAYS, FORGOTTEN_AT_ONCE)) > 0);
  }

  /** Skips a turn while the previous one is still running. */
  private every(intervalMs: number, work: () => Promise<void>): void {
    let isWorking = false;
    const turn = () => {
      if (isWorking) return;
      isWorking = true;
      this.attempt(() => work().finally(() => (isWorking = false)));
    };
    this.timers.push(setInterval(turn, intervalMs));
  }

  private attempt(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.logger.warn(`could not look for callbacks: ${getMessage(error)}`);
    });
  }
}
