import type { SnippetList, SnippetSummary } from '@prompt-ledger/client';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useCallback, useState } from 'react';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Chip } from '../../ui/chip';
import { Button, buttonClass } from '../../ui/controls/button';
import { RowLink } from '../../ui/controls/row-link';
import { SearchBox } from '../../ui/controls/search-box';
import type { Column } from '../../ui/data-table';
import { EmptyState } from '../../ui/empty-state';
import { usePages } from '../../ui/hooks/use-pages';
import { List } from '../../ui/list';
import { Screen } from '../../ui/screen';
import { given } from '../../ui/search-params';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { NewSnippetDialog } from './new-snippet-dialog';

const route = getRouteApi('/snippets');

const snippetsOf = ({ snippets }: SnippetList) => snippets;
const snippetPath = ({ name }: SnippetSummary) => `/snippets/${encodeURIComponent(name)}`;

const COLUMNS: readonly Column<SnippetSummary>[] = [
  {
    id: 'name',
    title: 'Snippet',
    width: 'minmax(130px, 1.6fr)',
    cell: (snippet) => (
      <RowLink path={snippetPath(snippet)} title={snippet.name} className="font-[560] text-ink no-underline">
        {visibleText(snippet.name)}
      </RowLink>
    ),
  },
  {
    id: 'version',
    title: 'Newest',
    width: '84px',
    cell: ({ latest_version_number: version }) => <Chip>{`v${version}`}</Chip>,
  },
  {
    id: 'description',
    title: 'Description',
    width: 'minmax(120px, 2.4fr)',
    isMinor: true,
    cell: ({ description }) => (
      <span className="text-ink-2" title={description ?? undefined}>
        {visibleText(description ?? '')}
      </span>
    ),
  },
  { id: 'at', title: 'Changed', width: '138px', cell: ({ updated_at: at }) => <Time at={at} /> },
];

/** Lists texts that prompts share. */
export function SnippetsScreen() {
  const mayWrite = useMay('prompts:write');
  const { name } = route.useSearch();
  const navigate = route.useNavigate();
  const query = given({ q: name });
  const listed = usePages<SnippetSummary, SnippetList>(
    ['snippets', 'list', query],
    (signal) => ledger.snippets.list({ ...query, limit: 100 }, { signal }),
    snippetsOf,
  );
  const [isMaking, setMaking] = useState(false);
  const onSearch = useCallback(
    (text: string) =>
      void navigate({ search: given({ name: text === '' ? undefined : text }), replace: true }),
    [navigate],
  );
  const make = mayWrite ? (
    <Button tone="primary" onClick={() => setMaking(true)}>
      New snippet
    </Button>
  ) : undefined;
  return (
    <Screen
      title="Snippets"
      actions={
        <>
          <SearchBox label="Start of a name" value={name ?? ''} onSearch={onSearch} />
          {make}
        </>
      }
    >
      <List
        label="Snippets"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ snippet_id: id }) => id}
        rowPath={snippetPath}
        empty={name === undefined ? <NoSnippets action={make} /> : <NoneFits />}
      />
      {isMaking && <NewSnippetDialog onClose={() => setMaking(false)} />}
    </Screen>
  );
}

function NoneFits() {
  return (
    <EmptyState
      title="No snippet fits"
      action={
        <Link to="/snippets" search={{}} className={buttonClass()}>
          Show all snippets
        </Link>
      }
    >
      The search looks for names that start with its text, in upper and lower case as typed.
    </EmptyState>
  );
}

function NoSnippets({ action }: { readonly action: ReactNode }) {
  if (action === undefined)
    return (
      <EmptyState title="No snippets yet">
        Ask somebody who may edit prompts to write the first one.
      </EmptyState>
    );
  return (
    <EmptyState
      title="No snippets yet"
      command={`curl -X PUT ${window.location.origin}/v1/snippets/tone \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"template_source": "Write for {{audience}} in a friendly tone."}'`}
      action={action}
    >
      A snippet is a text that several prompts share, such as a tone or a disclaimer. Each prompt names the
      version that it uses. Write one here, or put one with the API:
    </EmptyState>
  );
}
