import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../../infra/config/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { LedgerError, getMessage } from '../../kernel/index.js';
import { AuditService, systemActor } from '../audit/index.js';
import { SecretSealer } from './sealing/secret-sealer.js';
import { SecretsRepository } from './secrets.repository.js';

interface Tally {
  wrapped: number;
  unreadable: number;
}

/**
 * Rewraps secrets that a previous key has wrapped, once an API process has started with a new `SECRETS_KEY`, and logs what it cannot read.
 * Several processes may do so concurrently, because each row is locked first.
 */
@Injectable()
export class RewrapSecrets implements OnApplicationBootstrap {
  private readonly logger = new Logger(RewrapSecrets.name);

  constructor(
    private readonly config: AppConfig,
    private readonly scope: TenantScope,
    private readonly secrets: SecretsRepository,
    private readonly sealer: SecretSealer,
    private readonly audit: AuditService,
  ) {}

  /** Not awaited, because secrets are readable before they are rewrapped. */
  onApplicationBootstrap(): void {
    if (!this.config.speaksForAll) return;
    this.rewrapAll().catch((error: unknown) => {
      this.logger.warn(`secrets were not wrapped again: ${getMessage(error)}`);
    });
  }

  async rewrapAll(): Promise<Tally> {
    const tally: Tally = { wrapped: 0, unreadable: 0 };
    for (const projectId of (await this.secrets.listRevisions()).keys()) await this.rewrap(projectId, tally);
    if (tally.wrapped > 0) this.logger.log(`${tally.wrapped} secrets are wrapped by the SECRETS_KEY of now`);
    if (tally.unreadable > 0) {
      this.logger.warn(
        `${tally.unreadable} secrets of projects cannot be read with SECRETS_KEY and SECRETS_KEY_PREVIOUS; calls that need them are refused`,
      );
    }
    return tally;
  }

  private async rewrap(projectId: string, tally: Tally): Promise<void> {
    const { currentId } = this.sealer;
    await this.scope.transaction(projectId, async (tx) => {
      for (const { provider, wrappedBy } of await this.secrets.list(tx, projectId)) {
        if (wrappedBy === currentId) continue;
        const secret = await this.secrets.findLocked(tx, projectId, provider);
        if (secret === null || secret.wrappedBy === currentId) continue;
        try {
          await this.secrets.rewrap(tx, secret, this.sealer.rewrap(secret, secret));
        } catch (error) {
          if (!(error instanceof LedgerError)) throw error;
          tally.unreadable += 1;
          continue;
        }
        tally.wrapped += 1;
        await this.audit.append(tx, systemActor(projectId), {
          action: 'secret.rewrap',
          subject: `secret/${provider}`,
          before: { wrapped_by: secret.wrappedBy },
          after: { wrapped_by: currentId },
        });
      }
    });
  }
}
