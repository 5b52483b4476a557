import type { ChatMessage } from '@prompt-ledger/client';
import { readJsonObject } from '../../api/json-text';
import { Field } from '../controls/field';
import { SteadyTextArea } from '../controls/steady-text-area';
import { Panel } from '../panel';
import { Problem } from '../problem';
import { useDraft } from '../hooks/use-draft';
import { LongText } from '../text/long-text';
import { useBackground } from '../hooks/use-background';
import type { CompiledContent } from './use-compiled';

/** Shows the text that a provider would get with these variables, by the service's own rules. */
export function Preview({
  compiled,
  draftKey,
}: {
  readonly compiled: CompiledContent;
  readonly draftKey: string;
}) {
  const [typed, keep] = useDraft<string>(`${draftKey} variables`);
  const names = compiled.output?.variables ?? [];
  const text = typed ?? exampleOf(names);
  const isObject = readJsonObject(text) !== null;
  const outcome = useBackground(
    'render',
    compiled.output === null || !isObject ? null : [compiled.output.content, text],
  );
  const { output: rendered, error } = outcome;
  // Missing variables of the previous text are not an error of this one.
  const isBehind = compiled.isBehind || outcome.isBehind;
  return (
    <Panel title="Preview" note="as it would be sent">
      <div className="grid gap-3 p-3.5">
        <Field
          label="Variables, as JSON"
          hint={!isObject ? <span className="text-bad">This is not a JSON object.</span> : undefined}
        >
          {(id) => (
            <SteadyTextArea
              id={id}
              rows={Math.min(8, Math.max(3, text.split('\n').length))}
              className="mono"
              value={text}
              onChange={keep}
            />
          )}
        </Field>
        {error !== null && !isBehind && <Problem error={error} />}
        {rendered !== null && <Rendered content={rendered} />}
      </div>
    </Panel>
  );
}

function exampleOf(names: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, ''])), null, 2);
}

export function Rendered({ content }: { readonly content: string | readonly ChatMessage[] }) {
  if (typeof content === 'string')
    return (
      <pre className="code-block m-0 max-h-[360px] overflow-auto" tabIndex={0}>
        <LongText>{content}</LongText>
      </pre>
    );
  return (
    <div className="grid gap-2">
      {content.map(({ role, content: text }, at) => (
        <div key={`${at}`} className="grid gap-1">
          <span className="text-[11.5px] text-ink-3">{role}</span>
          <pre className="code-block m-0 max-h-[360px] overflow-auto" tabIndex={0}>
            <LongText>{text}</LongText>
          </pre>
        </div>
      ))}
    </div>
  );
}
