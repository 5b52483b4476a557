import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { ledger } from '../../../api/ledger';
import { useMay } from '../../../api/use-session';
import { Input } from '../../../ui/controls/field';
import { JsonField } from '../../../ui/editor/json-part-fields';
import { FormField } from '../../../ui/form/form';
import type { ScorerDraft } from './scorer-draft';
import { ScaleFields } from './scale-fields';

const PROMPT_CODES = ['PROMPT_NOT_FOUND', 'NO_ACTIVE_VERSION'];
const VERSION_CODES = ['VERSION_NOT_FOUND'];
const MODEL_CODES = ['MODEL_NOT_FOUND'];

/** Asks for the prompt that judges, and how. */
export function JudgeFields({
  draft,
  onChange,
}: {
  readonly draft: ScorerDraft;
  readonly onChange: (change: Partial<ScorerDraft>) => void;
}) {
  const listId = useId();
  const mayReadPrompts = useMay('prompts:read');
  const { data: prompts = [] } = useQuery({
    queryKey: ['prompts', 'choices'],
    queryFn: async ({ signal }) => (await ledger.prompts.list({ limit: 200 }, { signal })).prompts,
    enabled: mayReadPrompts,
  });
  const { data: models = [] } = useQuery({
    queryKey: ['models'],
    queryFn: async ({ signal }) => (await ledger.models.list({ signal })).data,
  });
  return (
    <>
      <div className="grid gap-3 md:grid-cols-[2fr_1fr_2fr]">
        <FormField
          label="Prompt"
          pointer="/prompt_name"
          codes={PROMPT_CODES}
          hint="It is rendered with variables, expected and response_text."
        >
          {(props) => (
            <>
              <Input
                {...props}
                required
                list={`${listId}-prompts`}
                value={draft.prompt}
                onChange={({ target }) => onChange({ prompt: target.value })}
              />
              <datalist id={`${listId}-prompts`}>
                {prompts.map(({ name }) => (
                  <option key={name} value={name} />
                ))}
              </datalist>
            </>
          )}
        </FormField>
        <FormField
          label="Version"
          pointer="/version_number"
          codes={VERSION_CODES}
          hint="Empty: the active one, which is pinned"
        >
          {(props) => (
            <Input
              {...props}
              type="number"
              min={1}
              value={draft.version}
              onChange={({ target }) => onChange({ version: target.value })}
            />
          )}
        </FormField>
        <FormField
          label="Model"
          pointer="/model"
          codes={MODEL_CODES}
          hint="Empty: the default model, which is kept"
        >
          {(props) => (
            <>
              <Input
                {...props}
                list={`${listId}-models`}
                value={draft.model}
                onChange={({ target }) => onChange({ model: target.value })}
              />
              <datalist id={`${listId}-models`}>
                {models.map(({ id }) => (
                  <option key={id} value={id} />
                ))}
              </datalist>
            </>
          )}
        </FormField>
      </div>
      <JsonField
        title="Params"
        example='{"temperature": 0}'
        pointer="/params"
        text={draft.params}
        onChange={(params) => onChange({ params })}
      />
      <ScaleFields draft={draft} onChange={onChange} />
    </>
  );
}
