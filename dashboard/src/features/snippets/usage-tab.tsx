import type { Snippet, SnippetUsage, SnippetUse } from '@prompt-ledger/client';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ledger } from '../../api/ledger';
import { Chip } from '../../ui/chip';
import { RowLink } from '../../ui/controls/row-link';
import type { Column } from '../../ui/data-table';
import { EmptyState } from '../../ui/empty-state';
import { usePages } from '../../ui/hooks/use-pages';
import { List } from '../../ui/list';
import { visibleText } from '../../ui/text/visible-text';
import { writeTag } from './write-tag';

const usesOf = ({ usage }: SnippetUsage) => usage;

function pathOfUser({ kind, name, version_number: version }: SnippetUse): string {
  return `/${kind}s/${encodeURIComponent(name)}?tab=versions&version=${version}`;
}

/** Lists the versions of prompts and snippets that use the snippet, and where they run. */
export function UsageTab({ snippet }: { readonly snippet: Snippet }) {
  const { name, latest_version: newest } = snippet;
  const navigate = useNavigate();
  const listed = usePages<SnippetUse, SnippetUsage>(
    ['snippets', 'usage', name],
    (signal) => ledger.snippets.usage(name, { limit: 100 }, { signal }),
    usesOf,
  );
  const columns = useMemo(() => toColumns(newest.version_number), [newest.version_number]);
  return (
    <List
      label="Usage"
      columns={columns}
      listed={listed}
      rowKey={({ version_id: id, snippet_version_number: number }) => `${id} ${number}`}
      onOpen={({ kind, name: user, version_number: version }) =>
        void navigate({
          to: kind === 'prompt' ? '/prompts/$name' : '/snippets/$name',
          params: { name: user },
          search: { tab: 'versions', version },
        })
      }
      empty={
        <EmptyState
          title="Nothing uses it yet"
          command={writeTag(name, newest.version_number, newest.variables)}
        >
          A template uses it once it has this tag:
        </EmptyState>
      }
    />
  );
}

function toColumns(newest: number): readonly Column<SnippetUse>[] {
  return [
    {
      id: 'user',
      title: 'Used by',
      width: 'minmax(150px, 2fr)',
      cell: (use) => (
        <RowLink path={pathOfUser(use)} title={use.name} className="font-[560] text-ink no-underline">
          {`${visibleText(use.name)} v${use.version_number}`}
        </RowLink>
      ),
    },
    {
      id: 'kind',
      title: 'Kind',
      width: '90px',
      isMinor: true,
      cell: ({ kind }) => <Chip tone={kind === 'snippet' ? 'info' : 'plain'}>{kind}</Chip>,
    },
    {
      id: 'version',
      title: 'Uses',
      width: '84px',
      cell: ({ snippet_version_number: number }) => (
        <Chip
          tone={number === newest ? 'accent' : 'warn'}
          title={number === newest ? 'The newest version' : `The newest version is ${newest}`}
        >
          {`v${number}`}
        </Chip>
      ),
    },
    {
      id: 'way',
      title: 'How',
      width: 'minmax(130px, 1fr)',
      isMinor: true,
      cell: ({ direct }) => (direct ? 'names it' : 'through another snippet'),
    },
    {
      id: 'environments',
      title: 'Runs in',
      width: 'minmax(100px, 1.4fr)',
      cell: ({ environments }) => (
        <span className="flex gap-1 overflow-hidden">
          {environments.map((environment) => (
            <Chip key={environment}>{environment === 'default' ? 'active' : visibleText(environment)}</Chip>
          ))}
        </span>
      ),
    },
  ];
}
