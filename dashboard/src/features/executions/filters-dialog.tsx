import type { CostGroup, CostGrouping } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Input } from '../../ui/controls/field';
import { FormDialog } from '../../ui/form/form-dialog';
import { type ControlProps, FormField } from '../../ui/form/form';
import { fromLocalTime, toLocalTime } from '../../ui/form/times';
import { readNumber, readText } from '../../ui/search-params';
import type { ExecutionsSearch, SearchChange } from './executions-search';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Edits the filters that are used less often. People who may read figures get suggestions of what has run. */
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
  const keyId = findKeyId(key.trim(), keys);
  const isBackwards = from !== '' && to !== '' && from >= to;
  const apply = () => {
    const begin = keepSeconds(from, search.from);
    onApply({
      version: readNumber(version),
      model: readText(model.trim()),
      team: readText(team.trim()),
      key: keyId ?? undefined,
      from: begin,
      to: keepSeconds(to, search.to),
      // `from` and `last` both set the beginning of the list, so one replaces the other.
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

/** Loads the models, teams or keys that have executions, most expensive first. */
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

/** Returns undefined if nothing was typed, and null if no key has that name. */
function findKeyId(typed: string, keys: readonly CostGroup[]): string | null | undefined {
  if (typed === '') return undefined;
  const named = keys.find(({ key_name: name }) => name === typed)?.key;
  if (named !== undefined) return named;
  return UUID.test(typed) ? typed : null;
}

/** Keeps the seconds of an unchanged time, because the control only has minutes. */
function keepSeconds(typed: string, before: string | undefined): string | undefined {
  if (before !== undefined && toLocalTime(before) === typed) return before;
  return fromLocalTime(typed) ?? undefined;
}
