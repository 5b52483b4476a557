import { LedgerError } from '../../kernel/index.js';

export class ExperimentNotFoundError extends LedgerError {
  constructor(experimentId: string) {
    super({
      code: 'EXPERIMENT_NOT_FOUND',
      status: 404,
      title: 'No such experiment',
      detail: `Experiment "${experimentId}" was not found; GET /v1/experiments lists all experiments.`,
    });
  }
}

export class ExperimentFinalError extends LedgerError {
  constructor(experimentId: string, status: string) {
    super({
      code: 'EXPERIMENT_FINAL',
      status: 409,
      title: 'The experiment is over',
      detail: `Experiment "${experimentId}" is ${status} and stays so; there is nothing left to cancel.`,
      extensions: { experiment_status: status },
    });
  }
}

export class CandidateNotFoundError extends LedgerError {
  constructor(label: string, labels: readonly string[]) {
    super({
      code: 'CANDIDATE_NOT_FOUND',
      status: 404,
      title: 'No such candidate',
      detail: `Candidate "${label}" was not found; the experiment has ${labels.map((each) => `"${each}"`).join(', ')}.`,
    });
  }
}

export class ScorerVersionsDifferError extends LedgerError {
  constructor(scorer: string, baseline: number, candidate: number) {
    super({
      code: 'SCORER_VERSIONS_DIFFER',
      status: 409,
      title: 'The scores are of two versions of the scorer',
      detail: `The baseline was scored by version ${baseline} of "${scorer}" and the candidate by version ${candidate}, so a difference may be the scorer's; run the baseline again, or send allow_versions=true.`,
      extensions: { baseline_version: baseline, candidate_version: candidate },
    });
  }
}
