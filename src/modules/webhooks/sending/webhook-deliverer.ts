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
/** On top of the time-out: what writing down the outcome may take before somebody else tries again. */
const LEASE_GRACE_MS = 5000;
const BATCHES_AT_ONCE = 100;
/** Long enough for somebody to ask why a callback did not come. */
const KEEP_DAYS = 30;
const FORGOTTEN_AT_ONCE = 5000;

/**
 * Delivers what stands in the outbox, at least once. In API processes only: they know the secret that signing keys are
 * derived from. Nothing here is remembered: a process that is killed loses its leases, and another tries again under the
 * same id.
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
  /** Whether the last claim got anything: then there may be more, and each slot that frees asks. */
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
    // Spread, so that many processes which start together do not all look at the same moment.
    this.every(LOOK_INTERVAL_MS * (0.9 + Math.random() * 0.2), async () => {
      await this.events.completeBatches(BATCHES_AT_ONCE);
      await this.claim();
    });
    this.every(FORGET_INTERVAL_MS, () => this.forget());
  }

  /** Takes nothing new, and gives what is under way the time that the configuration allows. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const timer of this.timers) clearInterval(timer);
    const grace = setTimeout(() => this.stopping.abort(), this.config.env.SHUTDOWN_GRACE_MS);
    await this.claiming;
    await this.slots.whenIdle();
    clearTimeout(grace);
  }

  /** One claim at a time. */
  private async claim(): Promise<void> {
    if (this.isClaiming || this.isStopping || this.slots.free === 0) return;
    this.isClaiming = true;
    const claiming = this.claimForFreeSlots().finally(() => (this.isClaiming = false));
    // The shutdown waits for it; failures are reported where it was asked for.
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

  /** @returns null when there is to be no further try. */
  private waitAfter({ attempt }: ClaimedEvent, { verdict, retryAfterMs }: SendResult): number | null {
    if (verdict !== 'retry') return null;
    return nextWaitMs(this.config.webhookRetryWaitsMs, { attempt, retryAfterMs, random: Math.random() });
  }

  /** The host and no more of the URL: paths and queries of callbacks often carry a secret. */
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

  /** A turn that comes while the one before is still at work is left out. */
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
      this.logger.warn(`callbacks could not be looked for: ${getMessage(error)}`);
    });
  }
}
