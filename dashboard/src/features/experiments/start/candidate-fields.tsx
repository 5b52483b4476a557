import type { Model } from '@prompt-ledger/client';
import { X } from 'lucide-react';
import { Button } from '../../../ui/controls/button';
import { Input, Select } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import type { CandidateDraft } from './candidate-drafts';

/** One candidate: which version of which prompt, on which model. */
export function CandidateFields({
  draft,
  at,
  models,
  onChange,
  onRemove,
}: {
  readonly draft: CandidateDraft;
  readonly at: number;
  readonly models: readonly Model[];
  readonly onChange: (draft: CandidateDraft) => void;
  /** Null for the only candidate. */
  readonly onRemove: (() => void) | null;
}) {
  const set = (change: Partial<CandidateDraft>) => onChange({ ...draft, ...change });
  const name = `Candidate ${at + 1}`;
  return (
    <fieldset className="m-0 grid min-w-0 grid-cols-2 items-start gap-3 rounded-md border p-3 md:grid-cols-[1fr_1.6fr_90px_1.6fr_auto]">
      <legend className="px-1 text-[12px] text-ink-2">{name}</legend>
      <FormField label="Label" pointer={`/candidates/${at}/label`}>
        {(props) => (
          <Input
            {...props}
            required
            value={draft.label}
            onChange={({ target }) => set({ label: target.value })}
          />
        )}
      </FormField>
      <FormField label="Prompt" pointer={`/candidates/${at}/prompt_name`}>
        {(props) => (
          <Input
            {...props}
            required
            list="prompts-to-choose"
            value={draft.prompt}
            onChange={({ target }) => set({ prompt: target.value })}
          />
        )}
      </FormField>
      <FormField label="Version" pointer={`/candidates/${at}/version_number`}>
        {(props) => (
          <Input
            {...props}
            type="number"
            min={1}
            placeholder="newest"
            value={draft.version}
            onChange={({ target }) => set({ version: target.value })}
          />
        )}
      </FormField>
      <FormField label="Model" pointer={`/candidates/${at}/model`}>
        {(props) => (
          <Select
            {...props}
            className="w-full"
            value={draft.model}
            onChange={({ target }) => set({ model: target.value })}
          >
            <option value="">the default</option>
            {models.map(({ id }) => (
              <option key={id}>{id}</option>
            ))}
          </Select>
        )}
      </FormField>
      {onRemove !== null && (
        <Button
          tone="ghost"
          className="mt-[21px]"
          aria-label={`Take ${name.toLowerCase()} out`}
          title="Take it out"
          onClick={onRemove}
        >
          <X size={14} aria-hidden />
        </Button>
      )}
    </fieldset>
  );
}
