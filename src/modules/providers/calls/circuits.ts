import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Circuit, type CircuitPass, type CircuitStatus } from './circuit.js';

export interface CircuitOptions {
  /** This many failures among twice as many calls open a circuit; 0 never opens one. */
  readonly failures: number;
  /** The time for which nothing is called; then one call is tried. */
  readonly openMs: number;
  /** No call lasts longer than this, so a trial that is still unsettled then never will be. */
  readonly longestCallMs: number;
}

/** Far more than one allows models; a forgotten circuit starts closed. */
const MOST_CIRCUITS = 1000;

/**
 * Whether a provider's model is worth calling, by what this process has seen of it. In memory only: the processes of an
 * installation need not agree, and a restart may try afresh.
 */
export class Circuits {
  private readonly logger = new Logger(Circuits.name);
  private readonly circuits = new LRUCache<string, Circuit>({ max: MOST_CIRCUITS });

  constructor(private readonly options: CircuitOptions) {}

  /**
   * Whether a call may be made now. To be asked before an attempt is written, so that an open circuit eats none. Who
   * gets a pass settles it once, whatever happened; further settling does nothing.
   *
   * @param account whose credentials are used, by a name that gives nothing of them away. Each has circuits of its own:
   *   a vendor may be down for one customer only. Left out: those of the environment, one for each provider.
   */
  tryAcquire(provider: string, modelName: string, account = ''): CircuitPass {
    if (this.options.failures === 0) return { open: false, settle: () => undefined };
    // The id of a provider has no slash, and the account is told apart by a character that no name of a model has.
    const key = account === '' ? `${provider}/${modelName}` : `${provider}/${modelName}\u0000${account}`;
    let circuit = this.circuits.get(key);
    if (circuit === undefined || circuit.hasLostTime()) {
      circuit = this.create(key, provider, modelName);
      this.circuits.set(key, circuit);
    }
    return circuit.tryAcquire();
  }

  /** Circuits that are not closed, by name. */
  list(): CircuitStatus[] {
    const statuses = [...this.circuits.values()].map((circuit) => circuit.status());
    return statuses
      .filter((status) => status !== null)
      .sort((a, b) =>
        a.provider === b.provider ? order(a.modelName, b.modelName) : order(a.provider, b.provider),
      );
  }

  private create(key: string, provider: string, modelName: string): Circuit {
    return new Circuit(provider, modelName, {
      ...this.options,
      onOpen: () => {
        this.logger.warn(
          `${provider}/${modelName} is not called for ${this.options.openMs} ms: too many of its calls failed`,
        );
      },
      // It starts with a new window; calls that were made before the recovery report to the old one.
      onRecovery: () => {
        this.circuits.delete(key);
        this.logger.log(`${provider}/${modelName} is called again: a trial got through`);
      },
    });
  }
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
