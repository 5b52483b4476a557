import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { ledger } from '../api/ledger';
import { Kbd, MOD } from '../ui/controls/kbd';
import { useHotkey } from '../ui/hooks/use-hotkey';
import { Account } from './account';
import { Brand } from './brand';
import { CommandPalette } from './command-palette';
import { Navigation } from './navigation';
import { ProjectSwitcher } from './project-switcher';

/** The interval at which the number beside "Changes" is read again. */
const CHANGES_MS = 60_000;

/** The frame around every screen: the navigation, the project, the command palette. */
export function Frame() {
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  useHotkey('k', () => setPaletteOpen((isOpen) => !isOpen));
  return (
    <div className="grid h-full grid-rows-[auto_minmax(0,1fr)] md:grid-cols-[212px_minmax(0,1fr)] md:grid-rows-1">
      <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1.5 border-b px-2.5 py-2 md:flex-col md:flex-nowrap md:items-stretch md:gap-0.5 md:border-r md:border-b-0 md:py-3.5">
        <div className="flex items-center gap-2 px-1 text-[14px] font-[650] md:px-2 md:pb-3">
          <Brand />
          <span className="hidden md:inline">Prompt Ledger</span>
        </div>
        <ProjectSwitcher />
        <button
          type="button"
          onClick={() => setPaletteOpen(true)}
          className="flex items-center gap-2.5 rounded-md border border-transparent px-2 py-[5px] text-left text-ink-2 hover:bg-code md:mb-2"
        >
          <Search size={15} aria-hidden /> <span className="sr-only grow md:not-sr-only">Search</span>{' '}
          <span className="hidden md:inline">
            <Kbd>{MOD}K</Kbd>
          </span>
        </button>
        <Navigation notes={{ '/changes': <OpenChanges /> }} />
        <div className="hidden grow md:block" />
        <Account />
      </div>
      <main className="min-h-0 min-w-0">
        <Outlet />
      </main>
      <CommandPalette isOpen={isPaletteOpen} onClose={() => setPaletteOpen(false)} />
    </div>
  );
}

function OpenChanges() {
  const { data } = useQuery({
    queryKey: ['changes', 'count'],
    queryFn: async ({ signal }) =>
      (await ledger.changes.list({ status: 'open', limit: 100 }, { signal })).changes.length,
    refetchInterval: CHANGES_MS,
  });
  if (data === undefined || data === 0) return null;
  return (
    <span className="ml-auto rounded-full bg-warn-soft px-1.5 text-[11px] font-normal text-warn">
      {data === 100 ? '100+' : data}
      <span className="sr-only"> open</span>
    </span>
  );
}
