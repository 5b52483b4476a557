import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { ledger } from '../../../api/ledger';
import { Field, Input } from '../../../ui/controls/field';

/** Chooses the model: an allowed one, several separated by commas, a route, or none for the project's default. */
export function ModelField({
  model,
  onChange,
}: {
  readonly model: string;
  readonly onChange: (model: string) => void;
}) {
  const listId = useId();
  const { data = [] } = useQuery({
    queryKey: ['models'],
    queryFn: async ({ signal }) => (await ledger.models.list({ signal })).data,
    staleTime: 60_000,
  });
  return (
    <Field label="Model">
      {(id) => (
        <>
          <Input
            id={id}
            list={listId}
            placeholder="the project’s default"
            value={model}
            onChange={({ target }) => onChange(target.value)}
          />
          <datalist id={listId}>
            {data.map(({ id: name }) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
