import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { given } from '../../ui/search-params';
import { visibleText } from '../../ui/text/visible-text';
import { type Folders, parentFolder } from './folders';
import type { PromptsSearch } from './prompts-search';

const CHIP =
  'inline-flex items-center gap-1 rounded-full px-2 py-px text-[11.5px] leading-[18px] no-underline border';
const CHOSEN = `${CHIP} border-transparent bg-accent-soft text-accent`;
const OTHER = `${CHIP} bg-panel text-ink-2 hover:border-line-strong`;

/** Shows the current folder, its subfolders, and the tag and owner that narrow the list. */
export function FolderBar({
  search,
  folders,
}: {
  readonly search: PromptsSearch;
  readonly folders: Folders;
}) {
  const { folder, tag, owner } = search;
  const isNarrowed = folder !== undefined || tag !== undefined || owner !== undefined;
  if (!isNarrowed && folders.length === 0) return null;
  const at = (change: Partial<Record<'folder' | 'tag' | 'owner', string | undefined>>) =>
    given({ ...search, ...change });
  return (
    <nav aria-label="Folders" className="flex flex-none flex-wrap items-center gap-1.5">
      {folder === undefined ? (
        <span className={CHOSEN}>All</span>
      ) : (
        <Link to="/prompts" search={at({ folder: parentFolder(folder) })} className={CHOSEN}>
          <ArrowLeft size={12} aria-label="Up from" /> {folder}
        </Link>
      )}
      {folders.map(([name, count]) => (
        <Link key={name} to="/prompts" search={at({ folder: name })} className={OTHER}>
          {name.slice(folder?.length ?? 0)} <span className="text-ink-3">{count}</span>
        </Link>
      ))}
      {tag !== undefined && (
        <Link to="/prompts" search={at({ tag: undefined })} className={OTHER}>
          tag {visibleText(tag)} <span aria-hidden>×</span>
          <span className="sr-only">(show all tags)</span>
        </Link>
      )}
      {owner !== undefined && (
        <Link to="/prompts" search={at({ owner: undefined })} className={OTHER}>
          owner {visibleText(owner)} <span aria-hidden>×</span>
          <span className="sr-only">(show all owners)</span>
        </Link>
      )}
    </nav>
  );
}
