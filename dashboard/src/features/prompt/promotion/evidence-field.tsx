import type { EvidenceDemand } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { ledger } from '../../../api/ledger';
import { Field, Select } from '../../../ui/controls/field';
import { Problem } from '../../../ui/problem';
import { visibleText } from '../../../ui/text/visible-text';

/** Chooses the experiment that a change has to show where the environment's rules require one. */
export function EvidenceField({
  demand: { experiment: demand },
  promptName,
  version,
  value,
  onChange,
}: {
  readonly demand: EvidenceDemand;
  readonly promptName: string;
  readonly version: number;
  /** The id of the experiment; empty while none is chosen. */
  readonly value: string;
  readonly onChange: (experimentId: string) => void;
}) {
  const {
    data = [],
    error,
    refetch,
  } = useQuery({
    queryKey: ['experiments', 'evidence'],
    queryFn: async ({ signal }) =>
      (await ledger.experiments.list({ status: 'completed', limit: 200 }, { signal })).experiments,
  });
  const fitting = data.filter(
    ({ dataset, candidates }) =>
      dataset.name === demand.dataset &&
      candidates.some((one) => one.prompt_name === promptName && one.version_number === version),
  );
  return (
    <>
      {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
      <Field
        label="Experiment that speaks for it"
        hint={visibleText(
          `On ${demand.dataset}, scored by ${demand.scorers.join(', ')}, no older than ${demand.max_age_days} days`,
        )}
      >
        {(id) => (
          <Select id={id} className="w-full" value={value} onChange={({ target }) => onChange(target.value)}>
            <option value="">{fitting.length === 0 ? 'there is none yet' : 'choose one'}</option>
            {fitting.map(({ experiment_id: key, name }) => (
              <option key={key} value={key}>
                {visibleText(name)}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </>
  );
}
