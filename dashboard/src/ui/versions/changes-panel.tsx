import { Select } from '../controls/field';
import { Panel } from '../panel';
import { readNumber } from '../search-params';
import { WordDiff } from '../text/word-diff';

/** Shows what a version changes against another one, word by word. Shows nothing for an only version. */
export function ChangesPanel({
  version,
  versions,
  against,
  onAgainst,
  before,
  after,
}: {
  /** The number of the version. */
  readonly version: number;
  readonly versions: readonly { readonly version_number: number }[];
  /** The number of the other version; undefined for none. */
  readonly against: number | undefined;
  readonly onAgainst: (version: number | undefined) => void;
  /** The text of the other version; undefined until it is read. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}) {
  if (versions.length < 2) return null;
  return (
    <Panel
      title="What changes"
      note="by word"
      aside={
        <label className="flex items-center gap-2 text-[12px] font-normal text-ink-2">
          against
          <Select value={against ?? ''} onChange={({ target }) => onAgainst(readNumber(target.value))}>
            {against === undefined && <option value="">no other</option>}
            {versions
              .filter(({ version_number: number }) => number !== version)
              .map(({ version_number: number }) => (
                <option key={number} value={number}>{`v${number}`}</option>
              ))}
          </Select>
        </label>
      }
    >
      <div className="p-3">
        {against === undefined && <p className="m-0 text-ink-3">This is the first version.</p>}
        {against !== undefined && before !== undefined && after !== undefined && (
          <WordDiff key={`${against} ${version}`} before={before} after={after} />
        )}
      </div>
    </Panel>
  );
}
