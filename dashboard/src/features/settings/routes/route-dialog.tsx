import type { Route, RouteStrategy } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input, Select } from '../../../ui/controls/field';
import { EditDialog } from '../../../ui/form/edit-dialog';
import { FormField } from '../../../ui/form/form';
import { visibleText } from '../../../ui/text/visible-text';
import { newTarget, readTargets, type TargetDraft, toDrafts } from './target-drafts';
import { TargetFields } from './target-fields';

/** Makes a route, or replaces its models. */
export function RouteDialog({
  route,
  onDone,
  onClose,
}: {
  /** Null for a new route. */
  readonly route: Route | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(route?.name ?? '');
  const [description, setDescription] = useState(route?.description ?? '');
  const [strategy, setStrategy] = useState<RouteStrategy>(route?.strategy ?? 'order');
  const [targets, setTargets] = useState<readonly TargetDraft[]>(() =>
    route === null ? [newTarget()] : toDrafts(route.targets),
  );
  const models = useQuery({
    queryKey: ['models'],
    queryFn: async ({ signal }) => (await ledger.models.list({ signal })).data,
  });
  return (
    <EditDialog
      title={route === null ? 'Make a route' : visibleText(route.name)}
      action="Save the route"
      isReady={name.trim() !== '' && targets.some(({ model }) => model !== '')}
      save={() =>
        ledger.routes.put(name.trim(), {
          description: description.trim() || null,
          strategy,
          targets: readTargets(targets, models.data ?? [], strategy),
        })
      }
      done={(saved) => `Route ${saved.name} is saved.`}
      removal={
        route && {
          label: 'Delete …',
          title: `Delete route ${route.name}?`,
          action: 'Delete the route',
          done: `Route ${route.name} is gone.`,
          consequence: 'Executions that name it are refused from then on.',
          run: () => ledger.routes.delete(route.name),
        }
      }
      onDone={onDone}
      onClose={onClose}
    >
      {route === null && (
        <FormField label="Name" pointer="/name">
          {(props) => (
            <Input
              {...props}
              autoFocus
              required
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </FormField>
      )}
      <FormField label="Description" pointer="/description">
        {(props) => (
          <Input {...props} value={description} onChange={({ target }) => setDescription(target.value)} />
        )}
      </FormField>
      <FormField label="Models are" pointer="/strategy">
        {(props) => (
          <Select
            {...props}
            className="w-full"
            value={strategy}
            onChange={({ target }) => setStrategy(target.value as RouteStrategy)}
          >
            <option value="order">tried in their order</option>
            <option value="weights">drawn by their weights</option>
          </Select>
        )}
      </FormField>
      <TargetFields
        targets={targets}
        models={models.data ?? []}
        hasWeights={strategy === 'weights'}
        onChange={setTargets}
      />
    </EditDialog>
  );
}
