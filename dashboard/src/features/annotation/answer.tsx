import type { Execution } from '@prompt-ledger/client';
import { jsonText } from '../../api/json-text';
import { Panel } from '../../ui/panel';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';

/** Shows the question and the answer to judge. */
export function Answer({ execution }: { readonly execution: Execution }) {
  const { prompt_name: name, version_number: version, response_text: answer, variables } = execution;
  const sent =
    execution.messages?.map(({ role, content }) => `${role}:\n${content}`).join('\n\n') ??
    execution.rendered_prompt ??
    '';
  if (execution.content_erased_at != null) {
    return (
      <Panel title="Answer">
        <p className="m-0 px-3.5 py-3 text-ink-2">
          Its content was erased <Time at={execution.content_erased_at} />.
        </p>
      </Panel>
    );
  }
  return (
    <>
      <Panel
        title="Answer"
        note={
          <>
            {name === null ? 'of a bare call' : visibleText(`${name} v${version}`)}{' '}
            <Time at={execution.created_at} />
          </>
        }
      >
        <Text label="Answer" text={answer ?? jsonText(execution.tool_calls ?? [])} />
      </Panel>
      {variables !== null && Object.keys(variables).length > 0 && (
        <Panel title="Variables">
          <Text label="Variables" text={jsonText(variables)} />
        </Panel>
      )}
      <Panel title="Sent">
        <Text label="Sent" text={sent} />
      </Panel>
    </>
  );
}

function Text({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <pre tabIndex={0} aria-label={label} className="code-block m-3 max-h-[46vh] overflow-auto">
      {visibleText(text)}
    </pre>
  );
}
