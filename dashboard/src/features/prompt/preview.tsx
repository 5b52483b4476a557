import type { ChatMessage } from '@prompt-ledger/client';
import { useMemo } from 'react';
import { type Compiled, parseVariables } from '../../api/templating';
import { Field, TextArea } from '../../ui/controls/field';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { useDraft } from '../../ui/hooks/use-draft';
import { visibleText } from '../../ui/text/visible-text';

/** Shows the text that a provider would get with these variables, by the service's own rules. */
export function Preview({
  compiled,
  draftKey,
}: {
  readonly compiled: Compiled | null;
  readonly draftKey: string;
}) {
  const [typed, keep] = useDraft<string>(`${draftKey} variables`);
  const names = compiled?.variables ?? [];
  const text = typed ?? exampleOf(names);
  const variables = parseVariables(text);
  const outcome = useMemo(() => {
    if (compiled === null || variables === null) return null;
    try {
      return { rendered: compiled.render(variables), error: null };
    } catch (error) {
      return { rendered: null, error };
    }
    // The text decides, and not the object that is read from it anew each time.
  }, [compiled, text]);
  return (
    <Panel title="Preview" note="as it would be sent">
      <div className="grid gap-3 p-3.5">
        <Field
          label="Variables, as JSON"
          hint={variables === null ? <span className="text-bad">This is no object of JSON.</span> : undefined}
        >
          {(id) => (
            <TextArea
              id={id}
              rows={Math.min(8, Math.max(3, text.split('\n').length))}
              className="mono"
              value={text}
              onChange={({ target }) => keep(target.value)}
            />
          )}
        </Field>
        {outcome?.error != null && <Problem error={outcome.error} />}
        {outcome?.rendered != null && <Rendered content={outcome.rendered} />}
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
        {visibleText(content)}
      </pre>
    );
  return (
    <div className="grid gap-2">
      {content.map(({ role, content: text }, at) => (
        <div key={`${at}`} className="grid gap-1">
          <span className="text-[11.5px] text-ink-3">{role}</span>
          <pre className="code-block m-0 max-h-[360px] overflow-auto" tabIndex={0}>
            {visibleText(text)}
          </pre>
        </div>
      ))}
    </div>
  );
}
