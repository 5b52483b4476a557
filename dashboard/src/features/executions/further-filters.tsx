import { X } from 'lucide-react';
import { Button } from '../../ui/controls/button';
import { fullTime } from '../../ui/text/format';
import { visibleText } from '../../ui/text/visible-text';
import type { ExecutionsSearch } from './executions-search';

type Further = keyof Pick<
  ExecutionsSearch,
  'version' | 'model' | 'team' | 'key' | 'rollout' | 'arm' | 'batch' | 'without' | 'final' | 'from' | 'to'
>;

const NONE = {
  prompt: 'Without a prompt',
  owner_team: 'Without a team',
  api_key: 'Without a key of its own',
};

const WORDS: readonly (readonly [Further, (search: ExecutionsSearch) => string])[] = [
  ['version', ({ version }) => `Version ${version ?? ''}`],
  ['model', ({ model = '' }) => `Model ${visibleText(model)}`],
  ['team', ({ team = '' }) => `Team ${visibleText(team)}`],
  ['key', ({ key = '' }) => `Key ${visibleText(key.slice(0, 8))}`],
  ['rollout', ({ rollout = '' }) => `Rollout ${visibleText(rollout.slice(0, 8))}`],
  ['arm', ({ arm }) => `Arm ${arm ?? ''}`],
  ['batch', ({ batch = '' }) => `Batch ${visibleText(batch.slice(0, 8))}`],
  ['without', ({ without }) => (without === undefined ? '' : NONE[without])],
  ['final', () => 'Over'],
  ['from', ({ from = '' }) => `From ${fullTime(from)}`],
  ['to', ({ to = '' }) => `Before ${fullTime(to)}`],
];

/** Shows filters from analytics and links that have no field, each with a way to remove it. */
export function FurtherFilters({
  search,
  onRemove,
}: {
  readonly search: ExecutionsSearch;
  readonly onRemove: (name: Further) => void;
}) {
  return WORDS.filter(([name]) => search[name] !== undefined).map(([name, words]) => (
    <Button key={name} className="max-w-full" onClick={() => onRemove(name)}>
      <span className="truncate">{words(search)}</span>
      <X size={13} aria-label="Remove this filter" />
    </Button>
  ));
}
