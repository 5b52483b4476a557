import type { Execution } from '@prompt-ledger/client';
import { jsonText } from '../../api/json-text';
import { CopyButton } from '../../ui/controls/copy-button';
import { Panel } from '../../ui/panel';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';

/** Shows the variables, the text that was sent, and the answer. */
export function ContentPanels({ execution }: { readonly execution: Execution }) {
  const { variables, rendered_prompt: text, messages, response_text: answer, tool_calls: calls } = execution;
  const { content_erased_at: erasedAt = null, masked } = execution;
  if (erasedAt !== null) return <ErasedContent at={erasedAt} />;
  return (
    <>
      {variables !== null && Object.keys(variables).length > 0 && (
        <Panel title="Variables" aside={<CopyButton text={jsonText(variables)} label="Copy the variables" />}>
          <Text text={jsonText(variables)} />
        </Panel>
      )}
      <Panel
        title="Sent"
        note={masked.length === 0 ? 'exactly these bytes' : `masked here: ${masked.join(', ')}`}
        aside={<CopyButton text={textOfSent(execution)} label="Copy what was sent" />}
      >
        {messages === undefined || messages === null ? (
          <Text text={text ?? ''} />
        ) : (
          messages.map(({ role, content }, at) => (
            <div key={`${at}`}>
              <div className="px-3.5 pt-2.5 text-[11.5px] text-ink-3">{role}</div>
              <Text text={content} />
            </div>
          ))
        )}
      </Panel>
      {(answer !== null || calls !== null) && (
        <Panel
          title="Answer"
          note={
            execution.response_truncated ? 'cut: it is longer than what is kept' : execution.finish_reason
          }
          aside={answer !== null && <CopyButton text={answer} label="Copy the answer" />}
        >
          {answer !== null && <Text text={answer} />}
          {calls?.map(({ id, name, arguments: given }) => (
            <div key={id}>
              <div className="mono px-3.5 pt-2.5 text-ink-2">{visibleText(name)}</div>
              <Text text={given} />
            </div>
          ))}
        </Panel>
      )}
    </>
  );
}

/** Replaces content that was erased, on request or by age. */
function ErasedContent({ at }: { readonly at: string }) {
  return (
    <Panel title="Content">
      <p className="m-0 px-3.5 py-3 text-ink-2">
        Variables, prompt and answer were erased <Time at={at} />. Its facts and costs stay.
      </p>
    </Panel>
  );
}

function Text({ text }: { readonly text: string }) {
  return (
    <pre tabIndex={0} className="code-block m-3 max-h-[460px] overflow-auto">
      {visibleText(text)}
    </pre>
  );
}

/** Returns what was sent as one text. */
export function textOfSent({ rendered_prompt: text, messages }: Execution): string {
  return text ?? (messages ?? []).map(({ role, content }) => `${role}:\n${content}`).join('\n\n');
}
