import type { ExperimentCandidate } from '@prompt-ledger/client';

/** One candidate in the form. */
export interface CandidateDraft {
  readonly key: number;
  readonly label: string;
  readonly prompt: string;
  /** Empty for the newest version. */
  readonly version: string;
  /** `provider/model_name`; empty for the default model. */
  readonly model: string;
}

let lastKey = 0;

export function newCandidate(label: string, like?: CandidateDraft): CandidateDraft {
  lastKey += 1;
  return { key: lastKey, label, prompt: like?.prompt ?? '', version: '', model: like?.model ?? '' };
}

export function toCandidate({ label, prompt, version, model }: CandidateDraft): ExperimentCandidate {
  return {
    label: label.trim(),
    prompt_name: prompt.trim(),
    ...(version === '' ? {} : { version_number: Number(version) }),
    ...(model === '' ? {} : { model }),
  };
}
