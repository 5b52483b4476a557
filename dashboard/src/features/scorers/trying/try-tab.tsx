import type { Scorer, ScoreExecutionRequest } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { parseJson } from '../../../api/parse-json';
import { queryClient } from '../../../api/query-client';
import { Button } from '../../../ui/controls/button';
import { Select, TextArea } from '../../../ui/controls/field';
import { JsonField } from '../../../ui/editor/json-part-fields';
import { Checkbox, Form, FormField } from '../../../ui/form/form';
import { Panel } from '../../../ui/panel';
import { ScreenBody } from '../../../ui/screen';
import { ExecutionField } from './execution-field';
import { Verdict } from './verdict';

const route = getRouteApi('/scorers/$name');

/** A judge is called, and code may run for its five seconds on a busy machine. */
const TIMEOUT_MS = 120_000;

type Expected = 'nothing' | 'text' | 'json';

/** Scores one execution, and shows the verdict. */
export function TryTab({ scorer: { name, kind, latest_version: latest } }: { readonly scorer: Scorer }) {
  const { execution = '' } = route.useSearch();
  const [executionId, setExecutionId] = useState(execution);
  const [expects, setExpects] = useState<Expected>('nothing');
  const [text, setText] = useState('');
  const [json, setJson] = useState('');
  const [keeps, setKeeps] = useState(false);
  const score = useMutation({
    mutationFn: async () => {
      // The JSON is read on its own first, so that an error names its place in what was typed.
      if (expects === 'json') parseJson(json);
      const expected = { nothing: null, text: JSON.stringify(text), json }[expects];
      const request = readRequest(executionId.trim(), expected, keeps);
      return ledger.scorers.score(name, request, { timeoutMs: TIMEOUT_MS });
    },
    onSuccess: async () => {
      if (keeps) await queryClient.invalidateQueries({ queryKey: ['scores'] });
    },
  });
  const isReady = executionId.trim() !== '' && !score.isPending;
  return (
    <ScreenBody label="Try it">
      <div className="grid gap-3.5 lg:grid-cols-[minmax(0,1fr)_380px]">
        <Panel title={`Try version ${latest.version_number}`}>
          <Form error={score.error} className="p-3.5" onSubmit={() => isReady && score.mutate()}>
            <ExecutionField value={executionId} onChange={setExecutionId} />
            <FormField label="What is expected">
              {(props) => (
                <Select
                  {...props}
                  className="w-[min(260px,100%)]"
                  value={expects}
                  onChange={({ target }) => setExpects(target.value as Expected)}
                >
                  <option value="nothing">nothing</option>
                  <option value="text">a text</option>
                  <option value="json">JSON</option>
                </Select>
              )}
            </FormField>
            {expects === 'text' && (
              <FormField label="Expected text" pointer="/expected">
                {(props) => (
                  <TextArea
                    {...props}
                    rows={3}
                    value={text}
                    onChange={({ target }) => setText(target.value)}
                  />
                )}
              </FormField>
            )}
            {expects === 'json' && (
              <JsonField
                title="Expected value"
                example='{"intent": "refund"}'
                pointer="/expected"
                text={json}
                onChange={setJson}
              />
            )}
            <Checkbox
              label="Keep the score"
              hint="An earlier score of this execution by this version stays, and is shown instead."
              checked={keeps}
              onChange={setKeeps}
            />
            <div className="flex flex-wrap items-center gap-3">
              <Button type="submit" tone="primary" disabled={!isReady}>
                Score it
              </Button>
              {kind === 'judge' && <span className="text-ink-3">This calls the judge’s model.</span>}
            </div>
          </Form>
        </Panel>
        <div aria-live="polite" aria-busy={score.isPending} className="min-w-0">
          {score.isPending && <p className="m-0 text-ink-3">Scoring …</p>}
          {score.data !== undefined && <Verdict scored={score.data} />}
        </div>
      </div>
    </ScreenBody>
  );
}

/** A bare number keeps its digits only as a member of an object. */
function readRequest(executionId: string, expected: string | null, keeps: boolean): ScoreExecutionRequest {
  const members = [
    `"execution_id":${JSON.stringify(executionId)}`,
    ...(expected === null ? [] : [`"expected":${expected}`]),
    ...(keeps ? ['"keep":true'] : []),
  ];
  return parseJson(`{${members.join(',')}}`) as ScoreExecutionRequest;
}
