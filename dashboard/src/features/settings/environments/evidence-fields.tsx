import type { EvidenceDemand, PutEvidenceDemand } from '@prompt-ledger/client';
import { Input, Select } from '../../../ui/controls/field';
import { Checkbox, FormField } from '../../../ui/form/form';

/** The fields of the experiment that a change has to show. */
export interface EvidenceDraft {
  readonly isAsked: boolean;
  readonly dataset: string;
  readonly scorers: string;
  readonly maxAgeDays: string;
  readonly verdict: 'better' | 'no_difference';
}

export function toEvidenceDraft(demand: EvidenceDemand | null): EvidenceDraft {
  const experiment = demand?.experiment;
  return {
    isAsked: demand !== null,
    dataset: experiment?.dataset ?? '',
    scorers: experiment?.scorers.join(', ') ?? '',
    maxAgeDays: String(experiment?.max_age_days ?? 30),
    verdict: experiment?.verdict ?? 'no_difference',
  };
}

export function readEvidence(draft: EvidenceDraft): PutEvidenceDemand | null {
  if (!draft.isAsked) return null;
  const scorers = draft.scorers
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return {
    experiment: {
      dataset: draft.dataset.trim(),
      scorers,
      max_age_days: Number(draft.maxAgeDays),
      verdict: draft.verdict,
    },
  };
}

/** Asks which experiment a change has to show before it is applied. */
export function EvidenceFields({
  draft,
  onChange,
}: {
  readonly draft: EvidenceDraft;
  readonly onChange: (draft: EvidenceDraft) => void;
}) {
  const set = (change: Partial<EvidenceDraft>) => onChange({ ...draft, ...change });
  return (
    <>
      <Checkbox
        label="A change has to show an experiment"
        checked={draft.isAsked}
        onChange={(isAsked) => set({ isAsked })}
      />
      {draft.isAsked && (
        <div className="grid gap-3 border-l-2 pl-3">
          <FormField label="Dataset" pointer="/evidence/experiment/dataset">
            {(props) => (
              <Input
                {...props}
                required
                value={draft.dataset}
                onChange={({ target }) => set({ dataset: target.value })}
              />
            )}
          </FormField>
          <FormField label="Scorers" pointer="/evidence/experiment/scorers" hint="With commas between them">
            {(props) => (
              <Input
                {...props}
                required
                value={draft.scorers}
                onChange={({ target }) => set({ scorers: target.value })}
              />
            )}
          </FormField>
          <div className="grid grid-cols-2 gap-3">
            <FormField label="Verdict" pointer="/evidence/experiment/verdict">
              {(props) => (
                <Select
                  {...props}
                  className="w-full"
                  value={draft.verdict}
                  onChange={({ target }) => set({ verdict: target.value as EvidenceDraft['verdict'] })}
                >
                  <option value="no_difference">no difference, or better</option>
                  <option value="better">better</option>
                </Select>
              )}
            </FormField>
            <FormField label="No older than, days" pointer="/evidence/experiment/max_age_days">
              {(props) => (
                <Input
                  {...props}
                  type="number"
                  min={1}
                  required
                  value={draft.maxAgeDays}
                  onChange={({ target }) => set({ maxAgeDays: target.value })}
                />
              )}
            </FormField>
          </div>
        </div>
      )}
    </>
  );
}
