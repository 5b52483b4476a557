import type { Prompt, Suggestion, Version } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Chip, type ChipTone } from '../../ui/chip';
import { Button } from '../../ui/controls/button';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { Time } from '../../ui/text/time';
import { say } from '../../ui/toasts';
import { visibleText } from '../../ui/text/visible-text';
import { ApplyDialog } from './apply-dialog';
import { DismissDialog } from './dismiss-dialog';
import { EvidenceList } from './evidence-list';
import { Patch } from './patch';
import { refreshPrompts } from './suggestions-queries';
import { describeEffect } from './write-facts';

const TONES: Readonly<Record<Suggestion['severity'], ChipTone>> = {
  error: 'bad',
  warning: 'warn',
  info: 'info',
};

/** One suggestion: its finding, its evidence, its expected effect, and the patch. */
export function SuggestionPanel({
  prompt,
  suggestion,
  before,
  onDismissed,
}: {
  readonly prompt: Prompt;
  readonly suggestion: Suggestion;
  /** The version of the suggestion; undefined until it is read, and where nothing is compared with it. */
  readonly before: Version | undefined;
  readonly onDismissed: () => void;
}) {
  const { severity, kind, title, status, evidence, dismissed, applied, patch } = suggestion;
  const [asked, setAsked] = useState<'dismiss' | 'apply' | null>(null);
  const mayWrite = useMay('prompts:write', prompt.owner_team);
  const canApply = mayWrite && patch?.kind === 'content' && prompt.mode === 'full';
  const restore = useMutation({
    mutationFn: () => ledger.suggestions.restore(prompt.name, suggestion.suggestion_id),
    onSuccess: () => {
      say('The suggestion is back.');
      return refreshPrompts();
    },
  });
  const effect = describeEffect(suggestion);
  return (
    <Panel
      title={
        <>
          <Chip tone={TONES[severity]}>{severity}</Chip>
          <span className="min-w-0 break-words">{visibleText(title)}</span>
        </>
      }
      note={kind.replaceAll('_', ' ')}
      aside={
        <span className="ml-auto flex gap-2">
          {mayWrite && status !== 'dismissed' && (
            <Button tone="ghost" onClick={() => setAsked('dismiss')}>
              Dismiss …
            </Button>
          )}
          {canApply && status !== 'dismissed' && (
            <Button onClick={() => setAsked('apply')}>Make a draft …</Button>
          )}
          {mayWrite && status === 'dismissed' && (
            <Button disabled={restore.isPending} onClick={() => restore.mutate()}>
              Undo
            </Button>
          )}
        </span>
      }
    >
      {restore.isError && (
        <div className="p-3">
          <Problem error={restore.error} />
        </div>
      )}
      {dismissed !== null && (
        <p className="m-0 border-b px-3.5 py-2 break-words text-ink-2">
          {`Dismissed${dismissed.by === null ? '' : ` by ${visibleText(dismissed.by)}`} `}
          <Time at={dismissed.at} />
          {dismissed.reason !== null && `: ${visibleText(dismissed.reason)}`}
        </p>
      )}
      {status !== 'dismissed' && (
        <>
          {applied !== null && (
            <p className="m-0 border-b px-3.5 py-2 break-words text-ink-2">
              <Link
                to="/prompts/$name"
                params={{ name: prompt.name }}
                search={{ tab: 'versions', version: applied.version_number }}
                className="text-accent underline"
              >
                {`v${applied.version_number}`}
              </Link>
              {` was made of it${applied.by === null ? '' : ` by ${visibleText(applied.by)}`} `}
              <Time at={applied.at} />
            </p>
          )}
          <EvidenceList evidence={evidence} />
          {effect !== null && (
            <p className="m-0 border-t px-3.5 py-2 text-ink-2">
              Expected: <b className="font-[560] text-ink tabular-nums">{effect}</b>
            </p>
          )}
          {patch !== null && <Patch patch={patch} before={before} />}
        </>
      )}
      {asked === 'dismiss' && (
        <DismissDialog
          promptName={prompt.name}
          suggestion={suggestion}
          onDismissed={onDismissed}
          onClose={() => setAsked(null)}
        />
      )}
      {asked === 'apply' && (
        <ApplyDialog promptName={prompt.name} suggestion={suggestion} onClose={() => setAsked(null)} />
      )}
    </Panel>
  );
}
