import type { PostScoreRequest, Score, Scorer } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';
import { Button } from '../../ui/controls/button';
import { Input, TextArea } from '../../ui/controls/field';
import { Kbd } from '../../ui/controls/kbd';
import { Form, FormField } from '../../ui/form/form';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { visibleText } from '../../ui/text/visible-text';
import { say } from '../../ui/toasts';
import { Answer } from './answer';
import { readScale } from './scale';
import { useKeys } from './use-keys';

/** One answer, and a person's judgement of it. */
export function Judge({
  scorer,
  executionId,
  before,
  onNext,
  onBack,
}: {
  readonly scorer: Scorer;
  readonly executionId: string;
  /** The last score by this scorer; null for none. */
  readonly before: Score | null;
  readonly onNext: () => void;
  /** Null where there is nothing to go back to. */
  readonly onBack: (() => void) | null;
}) {
  const scale = readScale(scorer);
  const [why, setWhy] = useState('');
  const [value, setValue] = useState('');
  const whyBox = useRef<HTMLTextAreaElement>(null);
  const valueBox = useRef<HTMLInputElement>(null);
  const execution = useQuery({
    queryKey: ['executions', 'one', executionId],
    queryFn: ({ signal }) => ledger.executions.get(executionId, { signal }),
  });
  const judge = useMutation({
    mutationFn: async (said: Pick<PostScoreRequest, 'label' | 'value'>) =>
      ledger.scores.create({
        execution_id: executionId,
        scorer: scorer.name,
        ...said,
        ...(why.trim() === '' ? {} : { explanation: why.trim() }),
      }),
    onSuccess: (score) => {
      say(`Said: ${score.label ?? score.value}`);
      void queryClient.invalidateQueries({ queryKey: ['scores', scorer.name, executionId] });
      onNext();
    },
  });
  const labels = scale.kind === 'labels' ? scale.labels : [];
  const canSay = execution.data !== undefined && !judge.isPending;
  const sayLabel = (label: string | undefined) => {
    if (label !== undefined && canSay) judge.mutate({ label });
  };
  useKeys((key) => {
    const nth = Number(key);
    if (Number.isInteger(nth) && nth >= 1 && labels.length > 0) sayLabel(labels[nth - 1]?.name);
    else if (key === 'n' || key === 'ArrowRight') onNext();
    else if (key === 'b' || key === 'ArrowLeft') onBack?.();
    else if (key === 'e') whyBox.current?.focus();
    else if (key === 'v') valueBox.current?.focus();
    else return false;
    return true;
  });
  return (
    <div className="grid min-h-0 grow gap-3.5 overflow-auto px-4 py-4 md:px-5 lg:grid-cols-[minmax(0,1fr)_330px]">
      <div className="grid min-w-0 content-start gap-3.5">
        {execution.error !== null && (
          <Problem error={execution.error} onRetry={() => void execution.refetch()} />
        )}
        {execution.data !== undefined && <Answer execution={execution.data} />}
      </div>
      <div className="grid min-w-0 content-start gap-3.5">
        <Panel title={visibleText(scorer.name)} note={`v${scorer.latest_version.version_number}`}>
          <Form
            error={judge.error}
            className="p-3.5"
            onSubmit={() => scale.kind === 'range' && canSay && judge.mutate({ value: Number(value) })}
          >
            {scale.kind === 'labels' ? (
              <div
                role="group"
                aria-label="What do you say?"
                className="grid grid-cols-[minmax(0,1fr)] gap-2"
              >
                {labels.map(({ name, passes }, at) => (
                  <Button key={name} className="justify-between!" onClick={() => sayLabel(name)}>
                    <span className="min-w-0 truncate">
                      {visibleText(name)}{' '}
                      <span className="text-ink-3">{passes ? 'passes' : 'does not pass'}</span>
                    </span>
                    {at < 9 && <Kbd>{at + 1}</Kbd>}
                  </Button>
                ))}
              </div>
            ) : (
              <FormField label={`A number from ${scale.min} to ${scale.max}`} pointer="/value">
                {(props) => (
                  <Input
                    {...props}
                    ref={valueBox}
                    autoFocus
                    type="number"
                    step="any"
                    min={scale.min}
                    max={scale.max}
                    required
                    value={value}
                    onChange={({ target }) => setValue(target.value)}
                  />
                )}
              </FormField>
            )}
            <FormField label="Why, if you like" pointer="/explanation">
              {(props) => (
                <TextArea
                  {...props}
                  ref={whyBox}
                  rows={3}
                  maxLength={10_000}
                  value={why}
                  onChange={({ target }) => setWhy(target.value)}
                  onKeyDown={(event) => event.key === 'Escape' && whyBox.current?.blur()}
                />
              )}
            </FormField>
            {scale.kind === 'range' && (
              <Button type="submit" tone="primary" disabled={!canSay || value === ''}>
                Say it <Kbd isOnAccent>↵</Kbd>
              </Button>
            )}
            <div className="flex flex-wrap gap-2">
              <Button onClick={onNext}>
                Pass over <Kbd>N</Kbd>
              </Button>
              <Button disabled={onBack === null} onClick={() => onBack?.()}>
                Back <Kbd>B</Kbd>
              </Button>
            </div>
            <p className="m-0 text-[12px] text-ink-3">
              <Kbd>E</Kbd> writes why, <Kbd>Esc</Kbd> leaves it again.
            </p>
          </Form>
        </Panel>
        {before !== null && (
          <p className="m-0 break-words text-ink-2">
            {visibleText(`${before.created_by} said ${before.label ?? before.value} before.`)}
          </p>
        )}
        <Link to="/executions/$id" params={{ id: executionId }} className="text-accent">
          The execution with its lineage
        </Link>
      </div>
    </div>
  );
}
