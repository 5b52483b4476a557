import type { Route, RouteStrategy } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Button } from '../../../ui/controls/button';
import { Input, Select } from '../../../ui/controls/field';
import { ConfirmDialog } from '../../../ui/form/confirm-dialog';
import { FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { say } from '../../../ui/toasts';
import { visibleText } from '../../../ui/text/visible-text';
import { newTarget, readTargets, type TargetDraft, toDrafts } from './target-drafts';
import { TargetFields } from './target-fields';

/** Makes a route, or replaces where it leads. */
export function RouteDialog({
  route,
  onDone,
  onClose,
}: {
  /** Null for a new one. */
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
  const [isDeleting, setDeleting] = useState(false);
  const models = useQuery({
    queryKey: ['models'],
    queryFn: async ({ signal }) => (await ledger.models.list({ signal })).data,
  });
  const save = useMutation({
    mutationFn: async () =>
      ledger.routes.put(name.trim(), {
        description: description.trim() || null,
        strategy,
        targets: readTargets(targets, models.data ?? [], strategy),
      }),
    onSuccess: (saved) => {
      say(`Route ${saved.name} is saved.`);
      onDone();
    },
  });
  if (isDeleting && route !== null) {
    return (
      <ConfirmDialog
        title={`Delete route ${route.name}?`}
        action="Delete the route"
        done={`Route ${route.name} is gone.`}
        run={() => ledger.routes.delete(route.name)}
        onDone={onDone}
        onClose={() => setDeleting(false)}
      >
        Executions that name it are refused from then on.
      </ConfirmDialog>
    );
  }
  return (
    <FormDialog
      title={route === null ? 'Make a route' : visibleText(route.name)}
      action="Save the route"
      error={save.error}
      isPending={save.isPending}
      isReady={name.trim() !== '' && targets.some(({ model }) => model !== '')}
      onSubmit={() => save.mutate()}
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
      {route !== null && (
        <div>
          <Button tone="danger" onClick={() => setDeleting(true)}>
            Delete …
          </Button>
        </div>
      )}
    </FormDialog>
  );
}
