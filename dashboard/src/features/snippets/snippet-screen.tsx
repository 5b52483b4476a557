import type { Snippet, SnippetVersionSummary } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../api/use-session';
import { Chip } from '../../ui/chip';
import { Button } from '../../ui/controls/button';
import { TAB_CLASS, Tabs } from '../../ui/controls/tabs';
import { Problem } from '../../ui/problem';
import { Screen, ScreenBody } from '../../ui/screen';
import { visibleText } from '../../ui/text/visible-text';
import { DeleteDialog } from './delete-dialog';
import { EditorTab } from './editor-tab';
import { forgetSnippet, snippetQuery, versionsQuery } from './snippet-queries';
import { UsageTab } from './usage-tab';
import { VersionsTab } from './versions-tab';

const route = getRouteApi('/snippets/$name');

/** One snippet: its text, its versions, and what uses it. */
export function SnippetScreen() {
  const { name } = route.useParams();
  const snippet = useQuery(snippetQuery(name));
  const versions = useQuery(versionsQuery(name));
  const error = snippet.error ?? versions.error;
  if (snippet.data === undefined || versions.data === undefined) {
    const retry = () => void Promise.all([snippet.refetch(), versions.refetch()]);
    return (
      <Screen title={visibleText(name)} crumb={<Crumb />}>
        <ScreenBody label={name}>{error !== null && <Problem error={error} onRetry={retry} />}</ScreenBody>
      </Screen>
    );
  }
  return <Shown key={name} snippet={snippet.data} versions={versions.data} />;
}

function Shown({
  snippet,
  versions,
}: {
  readonly snippet: Snippet;
  readonly versions: readonly SnippetVersionSummary[];
}) {
  const { name, description, latest_version_number: newest } = snippet;
  const { tab = 'editor' } = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMay('prompts:write');
  const [isDeleting, setDeleting] = useState(false);
  const tabs = [
    ['editor', mayWrite ? 'Editor' : 'Text'],
    ['versions', `Versions ${versions.length}`],
    ['usage', 'Usage'],
  ] as const;
  return (
    <Screen
      title={visibleText(name)}
      crumb={<Crumb />}
      chips={<Chip>{`newest v${newest}`}</Chip>}
      actions={
        mayWrite && (
          <Button tone="danger" onClick={() => setDeleting(true)}>
            Delete …
          </Button>
        )
      }
      tabs={
        <Tabs label="Parts of the snippet">
          {tabs.map(([part, title]) => (
            <Link
              key={part}
              to="/snippets/$name"
              params={{ name }}
              search={part === 'editor' ? {} : { tab: part }}
              className={TAB_CLASS}
              activeOptions={{ includeSearch: true, exact: true }}
              aria-current={tab === part ? 'page' : undefined}
            >
              {title}
            </Link>
          ))}
          <span className="grow" />
          {description !== null && (
            <span className="hidden truncate py-2 text-ink-3 lg:block" title={description}>
              {visibleText(description)}
            </span>
          )}
        </Tabs>
      }
    >
      {tab === 'editor' && <EditorTab snippet={snippet} />}
      {tab === 'versions' && <VersionsTab name={name} versions={versions} />}
      {tab === 'usage' && <UsageTab snippet={snippet} />}
      {isDeleting && (
        <DeleteDialog
          name={name}
          onDone={() => {
            forgetSnippet(name);
            void navigate({ to: '/snippets', search: {} });
          }}
          onClose={() => setDeleting(false)}
        />
      )}
    </Screen>
  );
}

function Crumb() {
  return (
    <>
      <Link to="/snippets" search={{}} className="text-ink-3 no-underline hover:text-ink">
        Snippets
      </Link>{' '}
      /
    </>
  );
}
