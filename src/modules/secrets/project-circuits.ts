import { Injectable } from '@nestjs/common';
import { Circuits, type CircuitPass } from '../providers/index.js';
import { SecretWatch } from './secret-watch.js';

/** Circuits as projects have them: one with a key of its own does not close the operator's to others, nor another project's. */
@Injectable()
export class ProjectCircuits {
  constructor(
    private readonly circuits: Circuits,
    private readonly watch: SecretWatch,
  ) {}

  /** Whether a call may be made now; see {@link Circuits.tryAcquire}. */
  tryAcquire(projectId: string, provider: string, modelName: string): CircuitPass {
    return this.circuits.tryAcquire(provider, modelName, this.watch.toAccount(projectId, provider));
  }
}
