import { Dialog } from '@base-ui/react/dialog';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { type ReactNode, useState } from 'react';
import { ledger } from '../api/ledger';
import { useMay, useTeamsWith } from '../api/use-session';
import { type ScreenLink, useScreens } from './use-screens';

const EXECUTION_ID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const FOUND_AT_MOST = 20;

/** Opens a screen, a prompt or an execution by its name: `⌘K`. */
export function CommandPalette({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-20 bg-black/40" />
        <Dialog.Popup
          aria-label="Search"
          className="fixed top-[12vh] left-1/2 z-30 w-[min(560px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-lg border bg-panel shadow-xl"
        >
          <Palette onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState('');
  const wanted = text.trim();
  const navigate = useNavigate();
  const { data: found = [], isPlaceholderData } = useQuery({
    queryKey: ['prompts', 'palette', wanted],
    queryFn: async ({ signal }) =>
      (
        await ledger.prompts.list(
          { ...(wanted === '' ? {} : { search: wanted }), limit: FOUND_AT_MOST },
          { signal },
        )
      ).prompts,
    placeholderData: keepPreviousData,
  });
  const mayPutAny = useMay('prompts:write');
  const teams = useTeamsWith('prompts:write');
  const mayPut = mayPutAny || teams.length > 0;
  const maySeeExecutions = useMay('executions:list');
  const go = (to: string) => () => {
    onClose();
    void navigate({ to });
  };
  const screens: readonly (readonly [title: string, path: string])[] = [
    ...useScreens().flatMap(({ screens: links }) => links.flatMap((link) => listPlaces(link, wanted !== ''))),
    ...(mayPut ? [['New prompt', '/prompts/-/new'] as const] : []),
  ];
  const isNamedSo = (title: string) => title.toLowerCase().includes(wanted.toLowerCase());
  const fitting = screens.filter(([title]) => isNamedSo(title));
  // Until these words are answered, it offers only prompts whose names contain them, so that Enter never opens an outdated result.
  const prompts = isPlaceholderData ? found.filter(({ name }) => isNamedSo(name)) : found;
  const id = EXECUTION_ID.test(wanted) && maySeeExecutions ? wanted.toLowerCase() : null;
  const values = [
    ...(id === null ? [] : [`execution ${id}`]),
    ...fitting.map(([, path]) => path),
    ...prompts.map(({ name }) => `prompt ${name}`),
  ];
  return (
    <Command
      label="Search"
      shouldFilter={false}
      // The chosen entry may have left the list. Enter then opens the first one.
      value={values.includes(chosen) ? chosen : (values[0] ?? '')}
      onValueChange={setChosen}
    >
      <Command.Input
        autoFocus
        value={text}
        onValueChange={setText}
        placeholder="Search prompts by name, description and text, or paste an execution’s id"
        className="w-full border-b bg-transparent px-3.5 py-3 text-[14px] outline-none"
      />
      <Command.List className="max-h-[50vh] overflow-auto p-1.5">
        <Command.Empty className="px-2.5 py-6 text-center text-ink-3">
          {isPlaceholderData ? 'Searching …' : 'Nothing has these words.'}
        </Command.Empty>
        {id !== null && (
          <Entry value={`execution ${id}`} onSelect={go(`/executions/${id}`)}>
            Execution <span className="mono">{id}</span>
          </Entry>
        )}
        {fitting.length > 0 && (
          <Command.Group heading="Go to">
            {fitting.map(([title, path]) => (
              <Entry key={path} value={path} onSelect={go(path)}>
                {title}
              </Entry>
            ))}
          </Command.Group>
        )}
        {prompts.length > 0 && (
          <Command.Group heading="Prompts">
            {prompts.map(({ name, description }) => (
              <Entry
                key={name}
                value={`prompt ${name}`}
                onSelect={go(`/prompts/${encodeURIComponent(name)}`)}
              >
                <span className="flex-none font-[560]">{name}</span>
                <span className="truncate text-ink-3">{description}</span>
              </Entry>
            ))}
          </Command.Group>
        )}
      </Command.List>
    </Command>
  );
}

/** Lists a screen or, once something was typed, each of its tabs instead. */
function listPlaces(
  { path, title, tabs }: ScreenLink,
  isSearching: boolean,
): readonly (readonly [title: string, path: string])[] {
  return isSearching && tabs.length > 0 ? tabs.map(([place, name]) => [name, place]) : [[title, path]];
}

function Entry({
  value,
  onSelect,
  children,
}: {
  readonly value: string;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5"
    >
      {children}
    </Command.Item>
  );
}
