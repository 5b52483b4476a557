import { Injectable } from '@nestjs/common';
import { Bell } from '../../infra/bell/index.js';
import { PartitionsService, TenantScope } from '../../infra/database/index.js';
import { Circuits, type CircuitStatus } from '../providers/index.js';

const CHECK_TIMEOUT_MS = 2000;
/** Fewer weeks mean that the job that creates partitions has a problem, with time left to fix it. */
const FEWEST_WEEKS_AHEAD = 2;

export type CheckState = 'up' | 'down';

export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly checks: { readonly database: CheckState; readonly queue: CheckState };
}

export interface ReadinessReport extends HealthReport {
  readonly warnings: string[];
  readonly circuits: CircuitReport[];
}

export interface CircuitReport {
  readonly provider: string;
  readonly model_name: string;
  readonly state: CircuitStatus['state'];
  readonly retry_at: string | null;
}

/** Reports whether the service can do its work now. */
@Injectable()
export class HealthService {
  private leaving = false;

  constructor(
    private readonly scope: TenantScope,
    private readonly bell: Bell,
    private readonly partitions: PartitionsService,
    private readonly circuits: Circuits,
  ) {}

  /** Reports unready from now on, so that no new requests are sent here. */
  leave(): void {
    this.leaving = true;
  }

  async check(): Promise<HealthReport> {
    const [database, queue] = await Promise.all([this.checkDatabase(), this.bell.check()]);
    if (database === 'down') return { status: 'down', checks: { database, queue } };
    return { status: queue === 'up' ? 'ok' : 'degraded', checks: { database, queue } };
  }

  async checkReadiness(): Promise<ReadinessReport> {
    const health = await this.check();
    const circuits = this.circuits.list().map(toReport);
    if (this.leaving)
      return { ...health, status: 'down', warnings: ['the process is shutting down'], circuits };
    if (health.status === 'down') return { ...health, warnings: ['the database is down'], circuits };
    const weeks = await this.partitions.weeksAhead();
    const late = `partitions are made for ${weeks} weeks ahead only; look for errors of PartitionsService`;
    const warnings = [...(weeks < FEWEST_WEEKS_AHEAD ? [late] : []), ...circuits.map(toWarning)];
    return { ...health, warnings, circuits };
  }

  private async checkDatabase(): Promise<CheckState> {
    const answer = this.scope.system('SELECT 1').then(
      (): CheckState => 'up',
      (): CheckState => 'down',
    );
    return Promise.race([answer, downAfter(CHECK_TIMEOUT_MS)]);
  }
}

function toReport({ provider, modelName, state, retryAt }: CircuitStatus): CircuitReport {
  return { provider, model_name: modelName, state, retry_at: retryAt?.toISOString() ?? null };
}

/** A warning, not a reason to be unready: other models work, and other processes see the same provider. */
function toWarning({ provider, model_name: modelName, retry_at: retryAt }: CircuitReport): string {
  const then = retryAt === null ? 'one call is tried, and decides' : `the next call is tried at ${retryAt}`;
  return `calls to ${provider}/${modelName} failed too often, so none is made; ${then}`;
}

function downAfter(ms: number): Promise<CheckState> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('down'), ms).unref();
  });
}
