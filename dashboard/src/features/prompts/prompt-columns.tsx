import type { PromptListEntry } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Chip } from '../../ui/chip';
import { RowLink } from '../../ui/controls/row-link';
import type { Column } from '../../ui/data-table';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { ActivityCell } from './activity/activity-cell';
import type { PromptsSearch } from './prompts-search';

/** Returns the path of a prompt's screen, below `/app`. */
export const promptPath = (name: string) => `/prompts/${encodeURIComponent(name)}`;

export const PROMPT_COLUMNS: readonly Column<PromptListEntry>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(150px, 2fr)',
    cell: ({ name }) => (
      <RowLink path={promptPath(name)} title={name} className="font-[560] text-ink no-underline">
        {name}
      </RowLink>
    ),
  },
  {
    id: 'description',
    title: 'Description',
    width: 'minmax(100px, 1.3fr)',
    isMinor: true,
    cell: ({ description }) => (
      <span className="text-ink-2" title={description ?? undefined}>
        {visibleText(description ?? '')}
      </span>
    ),
  },
  {
    id: 'mode',
    title: 'Mode',
    width: '106px',
    isMinor: true,
    cell: ({ mode }) => (mode === 'full' ? <Chip>managed</Chip> : <Chip tone="info">in code</Chip>),
  },
  {
    id: 'versions',
    title: 'Runs',
    width: 'minmax(150px, 2.4fr)',
    cell: (prompt) => <VersionChips prompt={prompt} />,
  },
  {
    id: 'tags',
    title: 'Tags',
    width: 'minmax(108px, 1fr)',
    isMinor: true,
    cell: ({ tags }) => (
      <span className="flex gap-1 overflow-hidden">
        {tags.map((tag) => (
          <NarrowingLink key={tag} search={{ tag }}>
            <Chip title={`All prompts with the tag ${tag}`}>{visibleText(tag)}</Chip>
          </NarrowingLink>
        ))}
      </span>
    ),
  },
  {
    id: 'owner',
    title: 'Owner',
    width: 'minmax(70px, .8fr)',
    isMinor: true,
    cell: ({ owner_team: team }) =>
      team !== null && (
        <NarrowingLink search={{ owner: team }}>
          <span className="text-ink-2" title={`All prompts of ${team}`}>
            {visibleText(team)}
          </span>
        </NarrowingLink>
      ),
  },
  {
    id: 'changed',
    title: 'Changed',
    width: '136px',
    isMinor: true,
    cell: ({ updated_at: at }) => <Time at={at} />,
  },
];

/** Shown only to people who may read figures. */
export const ACTIVITY_COLUMN: Column<PromptListEntry> = {
  id: 'activity',
  title: 'Last 7 days',
  width: '168px',
  isMinor: true,
  cell: ({ prompt_id: id }) => <ActivityCell promptId={id} />,
};

/** Narrows the list from within a row, which leads to the prompt otherwise. */
function NarrowingLink({
  search,
  children,
}: {
  readonly search: PromptsSearch;
  readonly children: ReactNode;
}) {
  return (
    <Link
      to="/prompts"
      search={search}
      tabIndex={-1}
      className="min-w-0 truncate no-underline"
      onClick={(event) => event.stopPropagation()}
    >
      {children}
    </Link>
  );
}

/** Shows which version runs where, and marks environments that are behind the newest version. */
function VersionChips({ prompt }: { readonly prompt: PromptListEntry }) {
  const { environments, newest_version: newest } = prompt;
  if (environments.length === 0) return <Chip>{`v${newest}, active nowhere`}</Chip>;
  return (
    <span className="flex gap-1 overflow-hidden">
      {environments.map(({ environment, version_number: version }) => (
        <Chip
          key={environment}
          tone={version === newest ? 'accent' : 'warn'}
          title={`${environment} runs version ${version}${version === newest ? ', the newest' : `; the newest is ${newest}`}`}
        >
          {`${environment === 'default' ? 'active' : environment} v${version}`}
        </Chip>
      ))}
    </span>
  );
}
