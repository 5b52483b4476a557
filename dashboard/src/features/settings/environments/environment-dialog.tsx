import type { Environment, PutEnvironmentResult } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Button } from '../../../ui/controls/button';
import { Input } from '../../../ui/controls/field';
import { Dialog } from '../../../ui/dialog';
import { Checkbox, FormField } from '../../../ui/form/form';
import { FormDialog } from '../../../ui/form/form-dialog';
import { visibleText } from '../../../ui/text/visible-text';
import { say } from '../../../ui/toasts';
import { EvidenceFields, readEvidence, toEvidenceDraft } from './evidence-fields';

/** The rules of an environment: whether it is protected, and what a change needs there. */
export function EnvironmentDialog({
  environment,
  onDone,
  onClose,
}: {
  /** Null for an environment without rules. */
  readonly environment: Environment | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(environment?.name ?? '');
  const [isProtected, setProtected] = useState(environment?.protected ?? true);
  const [required, setRequired] = useState(String(environment?.approvals.required ?? 1));
  const [teams, setTeams] = useState(environment?.approvals.teams.join(', ') ?? '');
  const [hours, setHours] = useState(String(environment?.change_ttl_h ?? 72));
  const [evidence, setEvidence] = useState(() => toEvidenceDraft(environment?.evidence ?? null));
  const [left, setLeft] = useState<PutEnvironmentResult | null>(null);
  const save = useMutation({
    mutationFn: async () =>
      ledger.environments.put(name.trim(), {
        protected: isProtected,
        approvals: { required: Number(required), teams: listNames(teams) },
        change_ttl_h: Number(hours),
        evidence: readEvidence(evidence),
      }),
    onSuccess: (result) => {
      say(`The rules of ${result.name} hold.`);
      if (result.prompts_without_pointer.length === 0) onDone();
      else setLeft(result);
    },
  });
  if (left !== null) return <WithoutVersion result={left} onClose={onDone} />;
  return (
    <FormDialog
      title={environment === null ? 'Add an environment' : `Rules of ${environment.name}`}
      action="Set the rules"
      error={save.error}
      isPending={save.isPending}
      isReady={name.trim() !== ''}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {environment === null && (
        <FormField label="Name" pointer="/name" hint="The label of executions, such as prod">
          {(props) => (
            <Input
              {...props}
              autoFocus
              required
              maxLength={100}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </FormField>
      )}
      <Checkbox
        label="Protected"
        hint="Nothing runs here but what an approved change has brought."
        checked={isProtected}
        onChange={setProtected}
      />
      {isProtected && (
        <>
          <div className="grid grid-cols-2 gap-3">
            <FormField label="Approvals needed" pointer="/approvals/required">
              {(props) => (
                <Input
                  {...props}
                  type="number"
                  min={1}
                  max={10}
                  required
                  value={required}
                  onChange={({ target }) => setRequired(target.value)}
                />
              )}
            </FormField>
            <FormField label="Changes expire after, hours" pointer="/change_ttl_h">
              {(props) => (
                <Input
                  {...props}
                  type="number"
                  min={1}
                  max={8_760}
                  required
                  value={hours}
                  onChange={({ target }) => setHours(target.value)}
                />
              )}
            </FormField>
          </div>
          <FormField
            label="Teams whose approvals count"
            pointer="/approvals/teams"
            hint="With commas between them; empty: those of everybody who may approve"
          >
            {(props) => <Input {...props} value={teams} onChange={({ target }) => setTeams(target.value)} />}
          </FormField>
          <EvidenceFields draft={evidence} onChange={setEvidence} />
        </>
      )}
    </FormDialog>
  );
}

function WithoutVersion({
  result,
  onClose,
}: {
  readonly result: PutEnvironmentResult;
  readonly onClose: () => void;
}) {
  return (
    <Dialog title={`Some prompts cannot run in ${result.name} yet`} isOpen onClose={onClose}>
      <div className="grid gap-3">
        <p className="m-0 text-ink-2">
          They have no version there, and the active one does not stand in. Promote one of each by a change:
        </p>
        <ul className="m-0 max-h-[40vh] list-none overflow-auto p-0" tabIndex={0} aria-label="Prompts">
          {result.prompts_without_pointer.map((prompt) => (
            <li key={prompt} className="break-words">
              {visibleText(prompt)}
            </li>
          ))}
        </ul>
        <div className="flex justify-end">
          <Button tone="primary" onClick={onClose}>
            I see
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function listNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
