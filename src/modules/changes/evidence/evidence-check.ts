import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredEvidenceDemand } from '../../../entities/index.js';
import { DatabaseClock } from '../../../infra/database/index.js';
import { UUID, ValidationError } from '../../../kernel/index.js';
import {
  ComparisonsService,
  ExperimentNotFoundError,
  type ExperimentRecord,
  ExperimentsRepository,
} from '../../experiments/index.js';
import type { ChangeRecord } from '../changes.repository.js';
import { EvidenceMissingError } from '../errors.js';
import { findObjection, meetsDemand, pairsToCompare } from './judge-experiment.js';

type Demand = StoredEvidenceDemand['experiment'];

/** The evidence of a change, as stored. */
interface Evidence {
  readonly type: 'experiment';
  readonly id: string;
}

/** Checks the evidence that a change includes, and that an environment requires before the change is applied. */
@Injectable()
export class EvidenceCheck {
  constructor(
    private readonly experiments: ExperimentsRepository,
    private readonly comparisons: ComparisonsService,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Reads the evidence of a change, and normalizes its ids.
   * @throws ExperimentNotFoundError `EXPERIMENT_NOT_FOUND`
   * @throws ValidationError `VALIDATION_FAILED` for duplicates.
   */
  async read(tx: EntityManager, projectId: string, sent: readonly Evidence[]): Promise<Evidence[]> {
    const evidence = sent.map(({ type, id }) => ({ type, id: id.toLowerCase() }));
    const errors = evidence.flatMap(({ id }, at) => {
      const first = evidence.findIndex((other) => other.id === id);
      return first === at
        ? []
        : [{ pointer: `/evidence/${at}`, message: `is the same as /evidence/${first}` }];
    });
    if (errors.length > 0) throw new ValidationError('Name each piece of evidence once.', errors);
    for (const { id } of evidence) {
      const found = UUID.test(id) ? await this.experiments.find(tx, projectId, id) : null;
      if (found === null) throw new ExperimentNotFoundError(id);
    }
    return evidence;
  }

  /** @throws EvidenceMissingError `EVIDENCE_MISSING` if the evidence lacks the required result for a scorer that the environment names. */
  async assertShown(tx: EntityManager, projectId: string, change: ChangeRecord): Promise<void> {
    const demand = change.evidenceDemand?.experiment ?? null;
    if (demand === null) return;
    const objections: string[] = [];
    const experiments: ExperimentRecord[] = [];
    for (const { type, id } of change.evidence) {
      if (type !== 'experiment') continue;
      const found = UUID.test(id) ? await this.experiments.find(tx, projectId, id) : null;
      const objection =
        found === null ? 'it does not exist' : findObjection(found, demand, change, this.clock.now());
      if (objection !== null) objections.push(`experiment ${id}: ${objection}`);
      else if (found !== null) experiments.push(found);
    }
    const missing: string[] = [];
    for (const scorer of demand.scorers) {
      if (!(await this.isShown(tx, projectId, change, { experiments, demand, scorer }))) missing.push(scorer);
    }
    if (missing.length > 0) throw new EvidenceMissingError(change.environment, demand, missing, objections);
  }

  private async isShown(
    tx: EntityManager,
    projectId: string,
    change: ChangeRecord,
    {
      experiments,
      demand,
      scorer,
    }: {
      readonly experiments: readonly ExperimentRecord[];
      readonly demand: Demand;
      readonly scorer: string;
    },
  ): Promise<boolean> {
    for (const experiment of experiments) {
      if (!experiment.plan.scorers.some(({ name }) => name === scorer)) continue;
      let isMet = true;
      for (const labels of pairsToCompare(experiment, change)) {
        const { experimentId } = experiment;
        const compared = await this.comparisons.compareIn(tx, projectId, experimentId, { ...labels, scorer });
        isMet &&= meetsDemand(compared, demand);
      }
      if (isMet) return true;
    }
    return false;
  }
}
