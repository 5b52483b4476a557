import type { Attempt, Execution, ResolvedBy } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { classNames } from '../../../ui/text/class-names';
import { count, duration, shortHash } from '../../../ui/text/format';
import { Panel } from '../../../ui/panel';
import { visibleText } from '../../../ui/text/visible-text';

const RESOLVED: Readonly<Record<ResolvedBy, string>> = {
  environment: 'by its environment',
  active: 'the active version',
  version_number: 'named by number',
  template_hash: 'named by its content',
};

const DOTS = { good: 'bg-good', warn: 'bg-warn', bad: 'bg-bad', info: 'bg-info' };

/** Shows the steps from the prompt to the answer. */
export function Lineage({ execution }: { readonly execution: Execution }) {
  const { prompt_name: name, version_number: version, checksum_hash: hash, resolved_by: by } = execution;
  const variables = Object.keys(execution.variables ?? {}).length;
  const begun = Date.parse(execution.created_at);
  const since = (time: string | null) =>
    time === null ? '' : `+${duration(Math.max(0, Date.parse(time) - begun))}`;
  return (
    <Panel title="Lineage">
      <ol className="m-0 list-none p-0">
        <Step
          tone="good"
          title={
            name === null || version === null ? (
              'No prompt of the ledger'
            ) : (
              <Link
                to="/prompts/$name"
                params={{ name }}
                search={{ tab: 'versions', version }}
                className="text-ink"
              >
                {`${name} v${version}`}
              </Link>
            )
          }
          when=""
        >
          {hash !== null && (
            <>
              checksum <span className="mono">{shortHash(hash)}</span>
            </>
          )}
          {by !== null && ` · ${RESOLVED[by]}`}
        </Step>
        <Step tone="good" title="Rendered" when="">
          {`${variables} ${variables === 1 ? 'variable' : 'variables'}`}
        </Step>
        {execution.attempts.map((attempt) => (
          <Step
            key={attempt.attempt}
            tone={toneOf(attempt)}
            title={visibleText(`Attempt ${attempt.attempt} · ${attempt.provider}/${attempt.model_name}`)}
            when={since(attempt.completed_at)}
          >
            {attempt.error_message === null
              ? `${attempt.status} · ${tokensOf(attempt)}`
              : visibleText(attempt.error_message)}
          </Step>
        ))}
        <Step
          tone={execution.status === 'succeeded' ? 'good' : execution.status === 'failed' ? 'bad' : 'info'}
          title={OUTCOMES[execution.status]}
          when={since(execution.completed_at)}
        >
          {visibleText(execution.error_message ?? execution.finish_reason ?? '')}
        </Step>
      </ol>
    </Panel>
  );
}

const OUTCOMES: Readonly<Record<Execution['status'], string>> = {
  queued: 'Waiting in the queue',
  running: 'Running',
  succeeded: 'Answer kept',
  failed: 'Failed',
  canceled: 'Canceled before anything was sent',
};

function toneOf({ status }: Attempt): keyof typeof DOTS {
  if (status === 'succeeded') return 'good';
  return status === 'dispatched' ? 'info' : 'warn';
}

function tokensOf({ prompt_tokens: sent, response_tokens: got }: Attempt): string {
  return `${sent === null ? 'unknown' : count(sent)} in, ${got === null ? 'unknown' : count(got)} out`;
}

function Step({
  tone,
  title,
  when,
  children,
}: {
  readonly tone: keyof typeof DOTS;
  readonly title: ReactNode;
  readonly when: string;
  readonly children: ReactNode;
}) {
  return (
    <li className="flex items-start gap-3 border-b px-3.5 py-2.5 last:border-b-0">
      <span aria-hidden className={classNames('mt-[6px] size-2 flex-none rounded-full', DOTS[tone])} />
      <div className="min-w-0 grow">
        <div className="font-[560] break-words">{title}</div>
        <div className="break-words text-ink-2">{children}</div>
      </div>
      <span className="flex-none text-ink-3 tabular-nums">{when}</span>
    </li>
  );
}
