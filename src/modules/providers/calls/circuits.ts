import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Circuit, type CircuitPass, type CircuitStatus } from './circuit.js';

export interface CircuitOptions {
  /** This many failures among twice as many calls open a circuit. 0 never opens one. */
  readonly failures: number;
  /** How long an open circuit refuses calls before the first trial. */
  readonly openMs: number;
  /** No call lasts longer, so a trial that is unsettled after this time never settles. */
  readonly longestCallMs: number;
}

/** Far more than a project allows models. An evicted circuit starts closed. */
const MOST_CIRCUITS = 1000;

/**
 * Tells whether a provider's model is worth calling, as far as this process has seen. In memory only: the processes of an installation need
 * not agree, and a restart may start fresh.
 */
export class Circuits {
  private readonly logger = new Logger(Circuits.name);
  private readonly circuits = new LRUCache<string, Circuit>({ max: MOST_CIRCUITS });

  constructor(private readonly options: CircuitOptions) {}

  /**
   * Asks whether a call may be made now. Ask before writing an attempt, so that an open circuit consumes none. The caller settles its pass
   * once, whatever happened; settling it again does nothing.
   *
   * @param account whose credentials are used, by a name that reveals nothing about them. Each account has its own circuits, because a
   *   vendor may be down for one customer only. Left out: those of the environment, one account for each provider.
   */
  tryAcquire(provider: string, modelName: string, account = ''): CircuitPass {
    if (this.options.failures === 0) return { open: false, settle: () => undefined };
    // A provider's id has no slash, and no model's name has the character before the account.
    const key = account === '' ? `${provider}/${modelName}` : `${provider}/${modelName}\u0000${account}`;
    let circuit = this.circuits.get(key);
    if (circuit === undefined || circuit.hasLostTime()) {
      circuit = this.create(key, provider, modelName);
      this.circuits.set(key, circuit);
    }
    return circuit.tryAcquire();
  }

  /** Lists the circuits that are not closed, by name. */
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
      // The circuit starts with a new window. Calls from before the recovery report to the old one.
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
