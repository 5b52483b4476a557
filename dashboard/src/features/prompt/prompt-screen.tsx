import type { Prompt, PromptEnvironment, VersionSummary } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useMay } from '../../api/use-session';
import { Button, buttonClass } from '../../ui/controls/button';
import { Chip } from '../../ui/chip';
import { Problem } from '../../ui/problem';
import { Screen, ScreenBody } from '../../ui/screen';
import { given } from '../../ui/search-params';
import { TAB_CLASS, Tabs } from '../../ui/controls/tabs';
import { visibleText } from '../../ui/text/visible-text';
import { AboutButtons } from './about/about-buttons';
import { EditorTab } from './editor-tab';
import { HistoryTab } from './history-tab';
import { PromoteDialog } from './promotion/promote-dialog';
import { pointersQuery, promptQuery, versionQuery, versionsQuery } from './prompt-queries';
import { useMayPromote } from './promotion/use-may-promote';
import { RunningRollouts } from './running-rollouts';
import { VersionsTab } from './versions-tab';

const route = getRouteApi('/prompts/$name');

/** The contents of the suggestions tab, which the app provides. */
export interface SuggestionsTab {
  readonly prompt: Prompt;
  /** Newest first. */
  readonly versions: readonly VersionSummary[];
  readonly version: number | undefined;
  readonly withDismissed: boolean;
  readonly onChoose: (choice: {
    readonly version?: number | undefined;
    readonly withDismissed: boolean;
  }) => void;
}

type RenderSuggestions = (tab: SuggestionsTab) => ReactNode;

/** One prompt: its editor, its versions, its moves, and suggestions for changing it. */
export function PromptScreen({ renderSuggestions }: { readonly renderSuggestions: RenderSuggestions }) {
  const { name } = route.useParams();
  const prompt = useQuery(promptQuery(name));
  const versions = useQuery(versionsQuery(name));
  const pointers = useQuery(pointersQuery(name));
  const error = prompt.error ?? versions.error ?? pointers.error;
  if (
    error !== null &&
    (prompt.data === undefined || versions.data === undefined || pointers.data === undefined)
  ) {
    const retry = () => void Promise.all([prompt.refetch(), versions.refetch(), pointers.refetch()]);
    return (
      <Screen title={name} crumb={<Crumb />}>
        <ScreenBody label={name}>
          <Problem error={error} onRetry={retry} />
        </ScreenBody>
      </Screen>
    );
  }
  if (prompt.data === undefined || versions.data === undefined || pointers.data === undefined) {
    return (
      <Screen title={name} crumb={<Crumb />}>
        {null}
      </Screen>
    );
  }
  return (
    <Shown
      key={name}
      prompt={prompt.data}
      versions={versions.data}
      pointers={pointers.data}
      renderSuggestions={renderSuggestions}
    />
  );
}

function Shown({
  prompt,
  versions,
  pointers,
  renderSuggestions,
}: {
  readonly prompt: Prompt;
  readonly versions: readonly VersionSummary[];
  readonly pointers: readonly PromptEnvironment[];
  readonly renderSuggestions: RenderSuggestions;
}) {
  const { name, mode, description } = prompt;
  const { tab = 'editor', version: lookedAt, dismissed } = route.useSearch();
  const navigate = route.useNavigate();
  const [promoted, setPromoted] = useState<number | null>(null);
  const mayPromote = useMayPromote(prompt);
  const mayRun = useMay('executions:run');
  const newest = versions[0]?.version_number ?? 0;
  const [base = newest] = versions.map(({ version_number: number }) => number);
  const baseVersion = useQuery(versionQuery(name, base));
  return (
    <Screen
      title={name}
      crumb={<Crumb />}
      chips={
        <>
          {mode === 'tracking' && <Chip tone="info">in code</Chip>}
          {prompt.retired_at !== null && <Chip tone="warn">retired</Chip>}
          {pointers.map(({ environment, version_number: version, protected: isProtected }) => (
            <Chip
              key={environment}
              tone={version === newest ? 'accent' : 'warn'}
              title={isProtected ? 'Protected: changes need approvals.' : undefined}
            >
              {`${environment === 'default' ? 'active' : environment} v${version}`}
            </Chip>
          ))}
          <RunningRollouts promptName={name} />
        </>
      }
      actions={
        <>
          <AboutButtons prompt={prompt} newest={newest} pointers={pointers} />
          {newest > 0 && mayRun && (
            <Link to="/playground" search={{ prompt: name, version: newest }} className={buttonClass()}>
              {`Try v${newest}`}
            </Link>
          )}
          {newest > 0 && mayPromote && (
            <Button tone="primary" onClick={() => setPromoted(newest)}>
              {`Promote v${newest}`}
            </Button>
          )}
        </>
      }
      tabs={
        <Tabs label="Parts of the prompt">
          <Link
            from={route.id}
            to="/prompts/$name"
            search={{}}
            className={TAB_CLASS}
            activeOptions={{ includeSearch: true, exact: true }}
            aria-current={tab === 'editor' ? 'page' : undefined}
          >
            Editor
          </Link>
          <Link
            from={route.id}
            to="/prompts/$name"
            search={{ tab: 'versions' }}
            className={TAB_CLASS}
            aria-current={tab === 'versions' ? 'page' : undefined}
          >
            {`Versions ${versions.length}`}
          </Link>
          <Link
            from={route.id}
            to="/prompts/$name"
            search={{ tab: 'history' }}
            className={TAB_CLASS}
            aria-current={tab === 'history' ? 'page' : undefined}
          >
            History
          </Link>
          <Link
            from={route.id}
            to="/prompts/$name"
            search={{ tab: 'suggestions' }}
            className={TAB_CLASS}
            aria-current={tab === 'suggestions' ? 'page' : undefined}
          >
            Suggestions
          </Link>
          <span className="grow" />
          {description !== null && (
            <span className="hidden truncate py-2 text-ink-3 lg:block" title={description}>
              {visibleText(description)}
            </span>
          )}
        </Tabs>
      }
    >
      {tab === 'editor' &&
        (baseVersion.data === undefined ? (
          <ScreenBody label="Editor">
            {baseVersion.error !== null && (
              <Problem error={baseVersion.error} onRetry={() => void baseVersion.refetch()} />
            )}
          </ScreenBody>
        ) : (
          <EditorTab prompt={prompt} base={baseVersion.data} nextNumber={newest + 1} />
        ))}
      {tab === 'versions' && (
        <VersionsTab
          prompt={prompt}
          versions={versions}
          pointers={pointers}
          onPromote={mayPromote ? setPromoted : null}
        />
      )}
      {tab === 'history' && <HistoryTab prompt={prompt} />}
      {tab === 'suggestions' &&
        renderSuggestions({
          prompt,
          versions,
          version: lookedAt,
          withDismissed: dismissed === 'yes',
          onChoose: ({ version, withDismissed }) =>
            void navigate({
              search: given({ tab, version, dismissed: withDismissed ? ('yes' as const) : undefined }),
              replace: true,
            }),
        })}
      {promoted !== null && (
        <PromoteDialog
          prompt={prompt}
          version={promoted}
          pointers={pointers}
          onClose={() => setPromoted(null)}
        />
      )}
    </Screen>
  );
}

function Crumb() {
  return (
    <>
      <Link to="/prompts" search={{}} className="text-ink-3 no-underline hover:text-ink">
        Prompts
      </Link>{' '}
      /
    </>
  );
}
