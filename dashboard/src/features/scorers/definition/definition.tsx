import type { ModelRef } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { CopyButton } from '../../../ui/controls/copy-button';
import { Fact, Facts } from '../../../ui/panel';
import { LongText } from '../../../ui/text/long-text';
import { visibleText } from '../../../ui/text/visible-text';
import { listMembers } from './write-summary';

/** The members that are shown as a text of their own. */
const TEXTS = ['value', 'source', 'params', 'labels'];

/** Shows a definition member by member, under the names of the API. */
export function Definition({ definition }: { readonly definition: Readonly<Record<string, unknown>> }) {
  const members = listMembers(definition);
  const facts = members.filter(([name]) => !TEXTS.includes(name));
  const {
    prompt_name: prompt,
    version_number: version,
    model,
  } = definition as {
    model?: ModelRef;
    prompt_name?: string;
    version_number?: number;
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)]">
      {facts.length > 0 && (
        <Facts>
          {facts.map(([name, text]) => (
            <Fact key={name} name={visibleText(name)}>
              {name === 'prompt_name' && prompt !== undefined ? (
                <Link
                  to="/prompts/$name"
                  params={{ name: prompt }}
                  search={{ tab: 'versions', ...(version === undefined ? {} : { version }) }}
                  className="text-accent"
                >
                  {visibleText(prompt)}
                </Link>
              ) : (
                <span className="mono break-all">
                  {visibleText(
                    name === 'model' && model !== undefined ? `${model.provider}/${model.model_name}` : text,
                  )}
                </span>
              )}
            </Fact>
          ))}
        </Facts>
      )}
      {members
        .filter(([name]) => TEXTS.includes(name))
        .map(([name, text]) => (
          <section key={name} className="min-w-0 px-3.5 pb-3">
            <h3 className="m-0 flex items-center gap-2 py-1 text-[12px] font-normal text-ink-3">
              <span className="grow">{name}</span>
              <CopyButton text={text} label={`Copy ${name}`} />
            </h3>
            <pre className="code-block m-0 max-h-[60vh] overflow-auto" aria-label={name} tabIndex={0}>
              <LongText>{text}</LongText>
            </pre>
          </section>
        ))}
    </div>
  );
}
