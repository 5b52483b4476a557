import type { Project } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { Button } from '../../../ui/controls/button';
import { Input, Select, TextArea } from '../../../ui/controls/field';
import { Checkbox, Form, FormField } from '../../../ui/form/form';
import { Fact, Facts, Panel } from '../../../ui/panel';
import { fullTime } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { say } from '../../../ui/toasts';
import { RetentionFields } from './retention-fields';
import { readDays, toRows } from './retention-rows';

/** The settings of the project, saved together. */
export function ProjectForm({ project }: { readonly project: Project }) {
  const { settings } = project;
  const [retention, setRetention] = useState(() => toRows(settings.retention_days));
  const [mask, setMask] = useState(settings.mask.join('\n'));
  const [model, setModel] = useState(settings.default_model ?? '');
  const [allowsUnknown, setAllowsUnknown] = useState(settings.allow_unknown_environments);
  const [callback, setCallback] = useState(settings.callback_url ?? '');
  const models = useQuery({
    queryKey: ['models'],
    queryFn: async ({ signal }) => (await ledger.models.list({ signal })).data,
  });
  const save = useMutation({
    mutationFn: async () =>
      ledger.projects.update(project.project_id, {
        settings: {
          retention_days: readDays(retention),
          mask: mask.split('\n').filter((line) => line.trim() !== ''),
          default_model: model === '' ? null : model,
          allow_unknown_environments: allowsUnknown,
          callback_url: callback.trim() === '' ? null : callback.trim(),
        },
      }),
    onSuccess: (saved) => {
      queryClient.setQueryData(['project', project.project_id], saved);
      say('The settings are saved.');
    },
  });
  const ids = (models.data ?? []).map(({ id }) => id);
  return (
    <div className="grid gap-3.5 lg:grid-cols-[minmax(0,1fr)_330px]">
      <Form error={save.error} onSubmit={() => save.mutate()} className="content-start gap-3.5!">
        <Panel title="What is kept" note="and for how long">
          <div className="grid gap-4 p-3.5">
            <RetentionFields rows={retention} onChange={setRetention} />
            <FormField
              label="Variables that are masked, one a line"
              pointer="/settings/mask"
              hint="Names, paths, patterns such as card_*, or /expressions/"
            >
              {(props) => (
                <TextArea
                  {...props}
                  rows={4}
                  className="mono"
                  value={mask}
                  onChange={({ target }) => setMask(target.value)}
                />
              )}
            </FormField>
          </div>
        </Panel>
        <Panel title="How it runs">
          <div className="grid gap-4 p-3.5">
            <FormField
              label="Model of executions that name none"
              pointer="/settings/default_model"
              codes={MODEL_CODES}
            >
              {(props) => (
                <Select
                  {...props}
                  className="w-full"
                  value={model}
                  onChange={({ target }) => setModel(target.value)}
                >
                  <option value="">that of the service</option>
                  {!ids.includes(model) && model !== '' && <option>{model}</option>}
                  {ids.map((id) => (
                    <option key={id}>{id}</option>
                  ))}
                </Select>
              )}
            </FormField>
            <Checkbox
              label="Executions may name environments that nobody has described"
              checked={allowsUnknown}
              onChange={setAllowsUnknown}
            />
            <FormField
              label="Address that is told of emergency changes"
              pointer="/settings/callback_url"
              hint="Empty: nobody is told. Events are signed with the secret below Webhooks."
            >
              {(props) => (
                <Input
                  {...props}
                  inputMode="url"
                  maxLength={2_048}
                  placeholder="https://hooks.example.com/prompt-ledger"
                  value={callback}
                  onChange={({ target }) => setCallback(target.value)}
                />
              )}
            </FormField>
          </div>
        </Panel>
        <div>
          <Button type="submit" tone="primary" disabled={save.isPending}>
            Save the settings
          </Button>
        </div>
      </Form>
      <Panel title="Facts" className="self-start">
        <Facts>
          <Fact name="Name">{visibleText(project.name)}</Fact>
          <Fact name="Id">
            <span className="mono">{project.project_id}</span>
          </Fact>
          <Fact name="Made">{fullTime(project.created_at)}</Fact>
        </Facts>
      </Panel>
    </div>
  );
}

const MODEL_CODES = ['MODEL_NOT_FOUND'];
