import type { PromptList, PromptListEntry } from '@prompt-ledger/client';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { ledger } from '../../api/ledger';
import { useMay, useTeamsWith } from '../../api/use-session';
import { buttonClass } from '../../ui/controls/button';
import { DataTable } from '../../ui/data-table';
import { Select } from '../../ui/controls/field';
import { Kbd } from '../../ui/controls/kbd';
import { LoadMore } from '../../ui/controls/load-more';
import { Problem } from '../../ui/problem';
import { Screen } from '../../ui/screen';
import { SearchBox } from '../../ui/controls/search-box';
import { given, readWord } from '../../ui/search-params';
import { useKeptPages } from '../../ui/hooks/use-pages';
import { ActivityContext } from './activity/activity-cell';
import { ActivityReader } from './activity/activity-reader';
import { FolderBar } from './folder-bar';
import { addFolders, countFolders, type Folders } from './folders';
import { NoPrompts } from './no-prompts';
import { ACTIVITY_COLUMN, PROMPT_COLUMNS, promptPath } from './prompt-columns';
import { isNarrowed, queryOfSearch } from './prompts-search';

const route = getRouteApi('/prompts');
const PAGE = 200;

const COLUMNS_WITH_ACTIVITY = PROMPT_COLUMNS.flatMap((column) =>
  column.id === 'tags' ? [ACTIVITY_COLUMN, column] : [column],
);

const entriesOf = ({ prompts }: PromptList) => prompts;

/** Lists all prompts of the project by folder, words, tag and mode, with the versions that run where. */
export function PromptsScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = queryOfSearch(search);
  const { items, kept, ...pages } = useKeptPages<PromptListEntry, PromptList, Folders>(
    ['prompts', 'list', query],
    (signal) => ledger.prompts.list({ ...query, limit: PAGE }, { signal }),
    entriesOf,
    ({ prompts }) =>
      countFolders(
        prompts.map(({ name }) => name),
        search.folder ?? '',
      ),
  );
  const mayCount = useMay('analytics:read');
  const [activity] = useState(
    () => new ActivityReader(async (ids) => ledger.analytics.activity({ prompt_ids: ids.join(',') })),
  );
  const mayPutAny = useMay('prompts:write');
  const teams = useTeamsWith('prompts:write');
  const mayPut = mayPutAny || teams.length > 0;
  const onSearch = useCallback(
    (text: string) =>
      void navigate({
        search: (before) => given({ ...before, search: text === '' ? undefined : text }),
        replace: true,
      }),
    [navigate],
  );
  const isEmpty = !pages.isPending && pages.error === null && items.length === 0;

  return (
    <Screen
      title="Prompts"
      chips={
        items.length > 0 && (
          <span className="text-ink-3">{`${items.length}${pages.hasNextPage ? '+' : ''}`}</span>
        )
      }
      actions={
        <>
          <SearchBox
            label="Search names, descriptions, texts"
            value={search.search ?? ''}
            onSearch={onSearch}
          />
          <Select
            aria-label="Mode"
            value={search.mode ?? ''}
            onChange={({ target }) =>
              void navigate({
                search: given({ ...search, mode: readWord(target.value, ['full', 'tracking']) }),
              })
            }
          >
            <option value="">All modes</option>
            <option value="full">Managed here</option>
            <option value="tracking">In code</option>
          </Select>
          <Select
            aria-label="Order"
            value={search.sort ?? ''}
            onChange={({ target }) =>
              void navigate({ search: given({ ...search, sort: readWord(target.value, ['name']) }) })
            }
          >
            <option value="">Last changed first</option>
            <option value="name">By name</option>
          </Select>
          {mayPut && (
            <Link to="/prompts/-/new" className={buttonClass('primary')}>
              New prompt
            </Link>
          )}
        </>
      }
    >
      <div className="flex min-h-0 grow flex-col gap-3 px-4 py-4 md:px-5">
        <FolderBar search={search} folders={addFolders(kept)} />
        {pages.error !== null && items.length === 0 && <Problem error={pages.error} onRetry={pages.retry} />}
        {isEmpty && <NoPrompts isNarrowed={isNarrowed(search)} mayPut={mayPut} />}
        {items.length > 0 && (
          <ActivityContext value={activity}>
            <DataTable
              label="Prompts"
              columns={mayCount ? COLUMNS_WITH_ACTIVITY : PROMPT_COLUMNS}
              rows={items}
              rowKey={({ prompt_id: id }) => id}
              rowPath={({ name }) => promptPath(name)}
              onEndReached={pages.readOn}
              onSight={pages.onSight}
              footer={<LoadMore isLoading={pages.isLoadingMore} error={pages.error} onRetry={pages.retry} />}
            />
            <p className="m-0 hidden text-ink-3 md:block">
              <Kbd>↑</Kbd> <Kbd>↓</Kbd> to move · <Kbd>↵</Kbd> to open
            </p>
          </ActivityContext>
        )}
      </div>
    </Screen>
  );
}
