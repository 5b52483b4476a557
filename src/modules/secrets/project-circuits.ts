import { Injectable } from '@nestjs/common';
import { Circuits, type CircuitPass } from '../providers/index.js';
import { SecretWatch } from './secret-watch.js';

/** Gives each project with its own key separate circuits, so that its failures do not block the operator's key or other projects. */
@Injectable()
export class ProjectCircuits {
  constructor(
    private readonly circuits: Circuits,
    private readonly watch: SecretWatch,
  ) {}

  /** Asks whether a call may be made now; see {@link Circuits.tryAcquire}. */
  tryAcquire(projectId: string, provider: string, modelName: string): CircuitPass {
    return this.circuits.tryAcquire(provider, modelName, this.watch.toAccount(projectId, provider));
  }
}
