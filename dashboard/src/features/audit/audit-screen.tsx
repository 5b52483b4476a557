import type { AuditEntry, AuditList } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { Button, buttonClass } from '../../ui/controls/button';
import type { Column } from '../../ui/data-table';
import { EmptyState } from '../../ui/empty-state';
import { usePages } from '../../ui/hooks/use-pages';
import { List } from '../../ui/list';
import { Problem } from '../../ui/problem';
import { Screen } from '../../ui/screen';
import { saveFile } from '../../ui/text/save-file';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { AuditFilters } from './audit-filters';
import { EntryDialog } from './entry-dialog';

const route = getRouteApi('/audit');

const entriesOf = ({ entries }: AuditList) => entries;

const COLUMNS: readonly Column<AuditEntry>[] = [
  {
    id: 'who',
    title: 'Who',
    width: 'minmax(90px, 1fr)',
    cell: ({ actor }) => visibleText(actor.name),
  },
  {
    id: 'action',
    title: 'Did',
    width: 'minmax(110px, 1fr)',
    cell: ({ action }) => <span className="mono">{visibleText(action)}</span>,
  },
  {
    id: 'subject',
    title: 'To',
    width: 'minmax(110px, 1.6fr)',
    cell: ({ subject }) => (
      <>
        <span className="text-ink-3">{subject.type}</span> {visibleText(subject.name ?? subject.id ?? '')}
      </>
    ),
  },
  {
    id: 'reason',
    title: 'Reason',
    width: 'minmax(120px, 2fr)',
    isMinor: true,
    cell: ({ reason }) => <span className="text-ink-2">{visibleText(reason ?? '')}</span>,
  },
  { id: 'at', title: 'When', width: '138px', isMinor: true, cell: ({ at }) => <Time at={at} /> },
];

/** Lists the audit log, newest first; each entry opens with the state before and after. */
export function AuditScreen() {
  const search = route.useSearch();
  const [opened, setOpened] = useState<AuditEntry | null>(null);
  const listed = usePages<AuditEntry, AuditList>(
    ['audit', search],
    (signal) => ledger.audit.list({ ...search, limit: 100 }, { signal }),
    entriesOf,
  );
  const save = useMutation({
    mutationFn: async () => ledger.audit.export(search, { timeoutMs: 300_000 }),
    onSuccess: (text) => saveFile('audit.jsonl', text, 'application/x-ndjson'),
  });
  const isNarrowed = Object.keys(search).length > 0;
  return (
    <Screen
      title="Audit"
      actions={
        <Button onClick={() => save.mutate()} disabled={save.isPending}>
          {save.isPending ? 'Exporting …' : 'Export as JSON lines'}
        </Button>
      }
    >
      <List
        label="Audit log"
        columns={COLUMNS}
        listed={listed}
        rowKey={({ audit_id: id }) => id}
        onOpen={setOpened}
        empty={
          isNarrowed ? (
            <EmptyState
              title="No entry fits"
              action={
                <Link to="/audit" search={{}} className={buttonClass()}>
                  Show all entries
                </Link>
              }
            >
              Names, actions and subjects are compared as a whole: <span className="mono">prompt.put</span>,{' '}
              <span className="mono">prompt/welcome</span>.
            </EmptyState>
          ) : (
            <EmptyState
              title="Nothing was changed yet"
              command={`curl -X PUT ${window.location.origin}/v1/prompts/hello \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"template_source": "Say hello to {{name}}.", "set_active": true}'`}
            >
              Each change of prompts, keys, members and rules is written down in the transaction that makes
              it. The first one will be here:
            </EmptyState>
          )
        }
      >
        <AuditFilters search={search} />
        {save.isError && <Problem error={save.error} onRetry={() => save.mutate()} />}
      </List>
      {opened !== null && <EntryDialog entry={opened} onClose={() => setOpened(null)} />}
    </Screen>
  );
}
