import type { Environment, EvidenceDemand, Prompt, PromptEnvironment } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { useMay } from '../../../api/use-session';
import { Dialog } from '../../../ui/dialog';
import { DialogActions } from '../../../ui/dialog-actions';
import { Field, Input, Select } from '../../../ui/controls/field';
import { Problem } from '../../../ui/problem';
import { say } from '../../../ui/toasts';
import { EvidenceField } from './evidence-field';
import { environmentsQuery, refreshPrompts } from '../prompt-queries';

/** Brings a version to an environment: at once, or through a change where the environment is protected. */
export function PromoteDialog({
  prompt,
  version,
  pointers,
  onClose,
}: {
  readonly prompt: Prompt;
  readonly version: number;
  readonly pointers: readonly PromptEnvironment[];
  readonly onClose: () => void;
}) {
  const { data: environments, error, refetch } = useQuery(environmentsQuery());
  return (
    <Dialog title={`Promote version ${version} of ${prompt.name}`} isOpen onClose={onClose}>
      {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
      {environments !== undefined && (
        <PromoteForm
          prompt={prompt}
          version={version}
          pointers={pointers}
          environments={environments}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

interface Goal {
  readonly name: string;
  readonly isProtected: boolean;
  /** The evidence that a change has to show there; null for none. */
  readonly evidence: EvidenceDemand | null;
  /** The version that runs there now; null for none. */
  readonly from: number | null;
}

function PromoteForm({
  prompt,
  version,
  pointers,
  environments,
  onClose,
}: {
  readonly prompt: Prompt;
  readonly version: number;
  readonly pointers: readonly PromptEnvironment[];
  readonly environments: readonly Environment[];
  readonly onClose: () => void;
}) {
  const mayMove = useMay('environments:move');
  const mayAsk = useMay('changes:write', prompt.owner_team);
  const goals = listGoals(environments, pointers).filter(
    ({ from, isProtected }) => from !== version && (isProtected ? mayAsk : mayMove),
  );
  const [chosen, setChosen] = useState(goals[0]?.name ?? '');
  const [reason, setReason] = useState('');
  const [experiment, setExperiment] = useState('');
  const navigate = useNavigate();
  const goal = goals.find(({ name }) => name === chosen);
  const promote = useMutation({
    mutationFn: async ({ name, isProtected }: Goal) => {
      const why = reason.trim();
      if (!isProtected) {
        await ledger.environments.move(prompt.name, name, {
          version_number: version,
          reason: why === '' ? null : why,
        });
        return null;
      }
      const request = {
        prompt_name: prompt.name,
        environment: name,
        version_number: version,
        reason: why,
        ...(experiment === '' ? {} : { evidence: [{ type: 'experiment' as const, id: experiment }] }),
      };
      return (await ledger.changes.open(request)).change_id;
    },
    onSuccess: (changeId, { name }) => {
      void refreshPrompts();
      onClose();
      if (changeId === null) say(`${name} runs version ${version} now.`);
      else {
        say(`The change to ${name} is open.`);
        void navigate({ to: '/changes/$id', params: { id: changeId } });
      }
    },
  });
  if (goal === undefined) {
    return <p className="m-0 text-ink-2">Version {version} runs everywhere that you may bring it to.</p>;
  }
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        promote.mutate(goal);
      }}
    >
      <Field label="Environment">
        {(id) => (
          <Select
            id={id}
            className="w-full"
            value={chosen}
            onChange={({ target }) => setChosen(target.value)}
          >
            {goals.map(({ name, isProtected, from }) => (
              <option key={name} value={name}>
                {`${name}: ${from === null ? 'nothing yet' : `runs v${from}`}${isProtected ? ', protected' : ''}`}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field
        label={goal.isProtected ? 'Reason' : 'Reason, if you like'}
        hint={
          goal.isProtected
            ? 'It is protected: this opens a change, which others approve.'
            : 'It moves at once.'
        }
      >
        {(id) => (
          <Input
            id={id}
            required={goal.isProtected}
            maxLength={2_000}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        )}
      </Field>
      {goal.isProtected && goal.evidence !== null && (
        <EvidenceField
          demand={goal.evidence}
          promptName={prompt.name}
          version={version}
          value={experiment}
          onChange={setExperiment}
        />
      )}
      {promote.isError && <Problem error={promote.error} />}
      <DialogActions
        disabled={promote.isPending || (goal.isProtected && reason.trim() === '')}
        onClose={onClose}
      >
        {goal.isProtected ? `Open a change to ${goal.name}` : `Move ${goal.name} to v${version}`}
      </DialogActions>
    </form>
  );
}

/** Lists environments with rules, and those without rules in which the prompt runs. */
function listGoals(environments: readonly Environment[], pointers: readonly PromptEnvironment[]): Goal[] {
  const goals = new Map<string, Goal>();
  for (const { name, protected: isProtected, evidence } of environments)
    goals.set(name, { name, isProtected, evidence, from: null });
  for (const { environment: name, protected: isProtected, version_number: from } of pointers) {
    goals.set(name, { name, isProtected, evidence: goals.get(name)?.evidence ?? null, from });
  }
  return [...goals.values()];
}
