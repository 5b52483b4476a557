import type { Prompt, SuggestionList, VersionSummary } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Select } from '../../ui/controls/field';
import { EmptyState } from '../../ui/empty-state';
import { Checkbox } from '../../ui/form/form';
import { Problem } from '../../ui/problem';
import { ScreenBody } from '../../ui/screen';
import { readNumber } from '../../ui/search-params';
import { count } from '../../ui/text/format';
import { SuggestionPanel } from './suggestion-panel';
import { suggestionsQuery, suggestedVersionQuery } from './suggestions-queries';

/** Suggests the next change of a version, with its reasons, as a tab on the page of its prompt. */
export function SuggestionsScreen({
  prompt,
  versions,
  version,
  withDismissed,
  onChoose,
}: {
  readonly prompt: Prompt;
  /** Newest first. */
  readonly versions: readonly VersionSummary[];
  /** The version that the suggestions are for; undefined for the active one, or else the newest. */
  readonly version: number | undefined;
  readonly withDismissed: boolean;
  readonly onChoose: (choice: {
    readonly version?: number | undefined;
    readonly withDismissed: boolean;
  }) => void;
}) {
  const { name } = prompt;
  const { data, error, refetch } = useQuery(suggestionsQuery(name, version));
  // A suggestion that was just dismissed stays in its place, so that it can be restored there.
  const [kept, setKept] = useState<readonly string[]>([]);
  const shown = data?.suggestions.filter(
    ({ status, suggestion_id: id }) => withDismissed || status !== 'dismissed' || kept.includes(id),
  );
  const dismissed = data?.suggestions.filter(({ status }) => status === 'dismissed').length ?? 0;
  return (
    <ScreenBody label="Suggestions">
      <div className="grid max-w-[1000px] gap-3.5">
        <div className="flex flex-wrap items-center gap-x-3.5 gap-y-2">
          <Select
            aria-label="Version"
            value={data?.version_number ?? version ?? ''}
            onChange={({ target }) => onChoose({ version: readNumber(target.value), withDismissed })}
          >
            {data === undefined && version === undefined && <option value="" />}
            {versions.map(({ version_number: number }) => (
              <option key={number} value={number}>{`v${number}`}</option>
            ))}
          </Select>
          <Checkbox
            label={`Dismissed ones too${dismissed === 0 ? '' : ` (${count(dismissed)})`}`}
            checked={withDismissed}
            onChange={(isChecked) => onChoose({ version, withDismissed: isChecked })}
          />
          <span className="grow" />
          {data !== undefined && <span className="text-ink-3">{describeWindow(data)}</span>}
        </div>
        {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
        {data !== undefined &&
          shown?.map((suggestion) => (
            <Found
              key={suggestion.suggestion_id}
              prompt={prompt}
              list={data}
              suggestion={suggestion}
              onDismissed={() => setKept([...kept, suggestion.suggestion_id])}
            />
          ))}
        {data !== undefined && shown?.length === 0 && <Nothing list={data} hasDismissed={dismissed > 0} />}
      </div>
    </ScreenBody>
  );
}

/** Reads the version, because a patch of the content is compared with it. */
function Found({
  prompt,
  list: { version_number: version },
  suggestion,
  onDismissed,
}: {
  readonly prompt: Prompt;
  readonly list: SuggestionList;
  readonly suggestion: SuggestionList['suggestions'][number];
  readonly onDismissed: () => void;
}) {
  const { data, error, refetch } = useQuery({
    ...suggestedVersionQuery(prompt.name, version),
    enabled: suggestion.patch?.kind === 'content',
  });
  return (
    <>
      {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
      <SuggestionPanel prompt={prompt} suggestion={suggestion} before={data} onDismissed={onDismissed} />
    </>
  );
}

function Nothing({
  list: { prompt_name: name, version_number: version, window },
  hasDismissed,
}: {
  readonly list: SuggestionList;
  readonly hasDismissed: boolean;
}) {
  if (hasDismissed) {
    return (
      <EmptyState title={`Nothing else to change about v${version}`}>The rest was dismissed.</EmptyState>
    );
  }
  return (
    <EmptyState
      title={`Nothing to change about v${version}`}
      command={`curl "${location.origin}/v1/prompts/${encodeURIComponent(name)}/suggestions" -H "X-API-Key: $API_KEY"`}
    >
      {window !== null && window.executions === 0
        ? 'The version itself is sound. More can be said once it has run: executions of 30 days are looked at each time. The same by a command, such as in CI:'
        : 'They are computed each time from the version and its executions. From the command line, such as in CI:'}
    </EmptyState>
  );
}

function describeWindow({ window: looked }: SuggestionList): string {
  if (looked === null) return 'from the version only: your role may not list executions';
  const { days, executions, looked_at: read } = looked;
  if (executions === 0) return `no executions in ${days} days`;
  return read < executions
    ? `from the newest ${count(read)} of ${count(executions)} executions in ${days} days`
    : `from ${count(executions)} executions in ${days} days`;
}
