import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { Input } from '../../ui/controls/field';
import { SearchBox } from '../../ui/controls/search-box';
import { fromLocalTime, toLocalTime } from '../../ui/form/times';
import { given } from '../../ui/search-params';
import type { AuditSearch } from './audit-search';

const route = getRouteApi('/audit');

/** Narrows the log by actor, action, subject and time. */
export function AuditFilters({ search }: { readonly search: AuditSearch }) {
  const navigate = route.useNavigate();
  const narrow = useCallback(
    (change: { readonly [Name in keyof AuditSearch]?: string | undefined }) =>
      void navigate({ search: (before) => given({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const byActor = useCallback((text: string) => narrow({ actor: orNone(text) }), [narrow]);
  const byAction = useCallback((text: string) => narrow({ action: orNone(text) }), [narrow]);
  const bySubject = useCallback((text: string) => narrow({ subject: orNone(text) }), [narrow]);
  return (
    <div
      role="group"
      aria-label="Narrow the log"
      className="grid flex-none grid-cols-2 gap-2 md:flex md:flex-wrap"
    >
      <SearchBox label="Who: name or id" value={search.actor ?? ''} onSearch={byActor} />
      <SearchBox label="Did: prompt.put" value={search.action ?? ''} onSearch={byAction} />
      <SearchBox label="To: prompt/welcome" value={search.subject ?? ''} onSearch={bySubject} />
      <TimeBox label="From" value={search.from} onChange={(from) => narrow({ from })} />
      <TimeBox label="To before" value={search.to} onChange={(to) => narrow({ to })} />
    </div>
  );
}

function TimeBox({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (time: string | undefined) => void;
}) {
  return (
    <label className="flex min-w-0 items-center gap-2 text-[12px] text-ink-2">
      {label}
      <Input
        type="datetime-local"
        className="md:w-auto!"
        value={value === undefined || Number.isNaN(Date.parse(value)) ? '' : toLocalTime(value)}
        onChange={({ target }) => onChange(fromLocalTime(target.value) ?? undefined)}
      />
    </label>
  );
}

const orNone = (text: string) => (text.trim() === '' ? undefined : text.trim());
