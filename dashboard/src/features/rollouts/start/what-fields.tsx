import { useQuery } from '@tanstack/react-query';
import { ledger } from '../../../api/ledger';
import { Input, Select } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';
import { visibleText } from '../../../ui/text/visible-text';

/** The environments of experiments and of the playground, in which nothing is rolled out. */
const NOT_THERE = ['experiment', 'playground'];
const PROMPT_CODES = ['PROMPT_NOT_FOUND', 'PROMPT_RETIRED'];
const CONTROL_CODES = ['ROLLOUT_CONTROL_MOVED', 'ROLLOUT_ACTIVE'];
const CANDIDATE_CODES = ['VERSION_NOT_FOUND'];

export interface WhatDraft {
  readonly name: string;
  readonly prompt: string;
  readonly environment: string;
  /** Empty while none is chosen. */
  readonly candidate: string;
}

/** Reads the available choices once the prompt is known. */
export function usePromptChoices(name: string) {
  const isKnown = name !== '';
  const pointers = useQuery({
    queryKey: ['prompts', 'pointers', name],
    queryFn: async ({ signal }) => (await ledger.environments.of(name, { signal })).environments,
    enabled: isKnown,
  });
  const versions = useQuery({
    queryKey: ['prompts', 'versions', name],
    queryFn: ({ signal }) => ledger.versions.list(name, { signal }),
    enabled: isKnown,
  });
  return {
    environments: pointers.data?.filter(({ environment }) => !NOT_THERE.includes(environment)) ?? [],
    versions: versions.data ?? [],
    isRead: pointers.data !== undefined && versions.data !== undefined,
    error: pointers.error ?? versions.error,
  };
}

/** Asks which version of which prompt is tried where. */
export function WhatFields({
  draft,
  choices: { environments, versions, isRead, error },
  onChange,
  onPrompt,
}: {
  readonly draft: WhatDraft;
  readonly choices: ReturnType<typeof usePromptChoices>;
  readonly onChange: (change: Partial<WhatDraft>) => void;
  /** Called for each change of the prompt's name. */
  readonly onPrompt: (name: string) => void;
}) {
  const control = environments.find(({ environment }) => environment === draft.environment);
  const candidates = versions.filter(({ version_number: number }) => number !== control?.version_number);
  return (
    <Panel title="What is tried" note="on a share of the traffic">
      <div className="grid gap-3 p-3.5 md:grid-cols-2">
        <FormField label="Name" pointer="/name">
          {(props) => (
            <Input
              {...props}
              autoFocus
              required
              maxLength={200}
              placeholder="shorter summaries"
              value={draft.name}
              onChange={({ target }) => onChange({ name: target.value })}
            />
          )}
        </FormField>
        <FormField label="Prompt" pointer="/prompt_name" codes={PROMPT_CODES}>
          {(props) => (
            <Input
              {...props}
              required
              list="prompts-to-choose"
              value={draft.prompt}
              onChange={({ target }) => onPrompt(target.value)}
            />
          )}
        </FormField>
        <FormField
          label="Environment"
          pointer="/environment"
          codes={CONTROL_CODES}
          hint={
            isRead && environments.length === 0
              ? 'The prompt runs nowhere yet: activate a version of it first.'
              : control !== undefined && `The control is v${control.version_number}, which runs there now.`
          }
        >
          {(props) => (
            <Select
              {...props}
              className="w-full"
              required
              value={draft.environment}
              onChange={({ target: { value: environment } }) => {
                const runs = environments.find((entry) => entry.environment === environment)?.version_number;
                const candidate = String(runs) === draft.candidate ? '' : draft.candidate;
                onChange({ environment, candidate });
              }}
            >
              <option value="">choose one</option>
              {environments.map(({ environment, version_number: number, protected: isProtected }) => (
                <option key={environment} value={environment}>
                  {visibleText(`${environment}: runs v${number}${isProtected ? ', protected' : ''}`)}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        <FormField
          label="Candidate"
          pointer="/candidate"
          codes={CANDIDATE_CODES}
          hint={
            control !== undefined && candidates.length === 0
              ? 'The prompt has no other version yet.'
              : undefined
          }
        >
          {(props) => (
            <Select
              {...props}
              className="w-full"
              required
              value={draft.candidate}
              onChange={({ target }) => onChange({ candidate: target.value })}
            >
              <option value="">choose one</option>
              {candidates.map(({ version_number: number, commit_message: message }) => (
                <option key={number} value={number}>
                  {visibleText(`v${number}${message === null ? '' : `: ${message.slice(0, 60)}`}`)}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        {error !== null && <Problem error={error} />}
      </div>
    </Panel>
  );
}
