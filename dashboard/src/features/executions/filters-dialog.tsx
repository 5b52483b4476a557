import type { CostGroup, CostGrouping } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Input } from '../../ui/controls/field';
import { FormDialog } from '../../ui/form/form-dialog';
import { type ControlProps, FormField } from '../../ui/form/form';
import { fromLocalTime, toLocalTime } from '../../ui/form/times';
import { numberOf, textOf } from '../../ui/search-params';
import type { ExecutionsSearch, SearchChange } from './executions-search';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Asks for the filters that are used less often. What has run is suggested, to those who may read figures. */
export function FiltersDialog({
  search,
  onApply,
  onClose,
}: {
  readonly search: ExecutionsSearch;
  readonly onApply: (change: SearchChange) => void;
  readonly onClose: () => void;
}) {
  const [version, setVersion] = useState(String(search.version ?? ''));
  const [model, setModel] = useState(search.model ?? '');
  const [team, setTeam] = useState(search.team ?? '');
  const [key, setKey] = useState(search.key ?? '');
  const [from, setFrom] = useState(toLocalTime(search.from ?? null));
  const [to, setTo] = useState(toLocalTime(search.to ?? null));
  const models = useWhatRan('model');
  const teams = useWhatRan('owner_team');
  const keys = useWhatRan('api_key');
  const keyId = idOfKey(key.trim(), keys);
  const isBackwards = from !== '' && to !== '' && from >= to;
  const apply = () => {
    const begin = keepSeconds(from, search.from);
    onApply({
      version: numberOf(version),
      model: textOf(model.trim()),
      team: textOf(team.trim()),
      key: keyId ?? undefined,
      from: begin,
      to: keepSeconds(to, search.to),
      // The list begins at one time only.
      ...(begin === undefined ? {} : { last: undefined }),
    });
  };
  return (
    <FormDialog
      title="Filter executions"
      action="Show them"
      error={null}
      isPending={false}
      isReady={keyId !== null && !isBackwards}
      onSubmit={apply}
      onClose={onClose}
    >
      <FormField
        label="Version"
        hint={search.prompt === undefined ? 'Say the prompt first: each counts its own versions.' : undefined}
      >
        {(props) => (
          <Input
            type="number"
            min={1}
            {...props}
            disabled={search.prompt === undefined}
            value={version}
            onChange={({ target }) => setVersion(target.value)}
          />
        )}
      </FormField>
      <FormField label="Model" hint="The one that answered, or was tried last.">
        {(props) => <Suggested {...props} options={models} value={model} onChange={setModel} />}
      </FormField>
      <FormField label="Team" hint="The owner that the prompt had when it ran.">
        {(props) => <Suggested {...props} options={teams} value={team} onChange={setTeam} />}
      </FormField>
      <FormField
        label="Key"
        hint={keyId === null ? 'No key has this name. Its id will do as well.' : 'By its name, or its id.'}
      >
        {(props) => (
          <Suggested
            {...props}
            aria-invalid={keyId === null ? true : undefined}
            options={keys}
            value={key}
            onChange={setKey}
          />
        )}
      </FormField>
      <FormField label="From" hint="In your own time.">
        {(props) => (
          <Input
            type="datetime-local"
            {...props}
            value={from}
            onChange={({ target }) => setFrom(target.value)}
          />
        )}
      </FormField>
      <FormField label="Before" hint={isBackwards ? 'This has to be later than the beginning.' : undefined}>
        {(props) => (
          <Input
            type="datetime-local"
            {...props}
            aria-invalid={isBackwards ? true : undefined}
            value={to}
            onChange={({ target }) => setTo(target.value)}
          />
        )}
      </FormField>
    </FormDialog>
  );
}

/** A text box that suggests values and takes others as well. */
function Suggested({
  options,
  value,
  onChange,
  ...props
}: ControlProps & {
  readonly options: readonly CostGroup[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const listId = useId();
  return (
    <>
      <Input {...props} list={listId} value={value} onChange={({ target }) => onChange(target.value)} />
      <datalist id={listId}>
        {options.map((option) => (
          <option key={option.key} value={option.key_name ?? option.key ?? ''}>
            {option.key}
          </option>
        ))}
      </datalist>
    </>
  );
}

const NONE: readonly CostGroup[] = [];

/** What executions there are of, the dearest first. */
function useWhatRan(groupBy: CostGrouping): readonly CostGroup[] {
  const mayCount = useMay('analytics:read');
  const { data = NONE } = useQuery({
    queryKey: ['analytics', 'what-ran', groupBy],
    queryFn: async ({ signal }) =>
      (await ledger.analytics.costs({ group_by: groupBy, limit: 200 }, { signal })).groups.filter(
        ({ key }) => key !== null,
      ),
    enabled: mayCount,
    staleTime: 60_000,
  });
  return data;
}

/** Undefined for no key, null for a name that none has. */
function idOfKey(typed: string, keys: readonly CostGroup[]): string | null | undefined {
  if (typed === '') return undefined;
  const named = keys.find(({ key_name: name }) => name === typed)?.key;
  if (named !== undefined) return named;
  return UUID.test(typed) ? typed : null;
}

/** The control takes whole minutes; a time that nobody changed keeps its seconds. */
function keepSeconds(typed: string, before: string | undefined): string | undefined {
  if (before !== undefined && toLocalTime(before) === typed) return before;
  return fromLocalTime(typed) ?? undefined;
}
