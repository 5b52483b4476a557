import type { SnippetVersionSummary } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { CopyButton } from '../../ui/controls/copy-button';
import { Select } from '../../ui/controls/field';
import { Rendered } from '../../ui/editor/preview';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { ScreenBody } from '../../ui/screen';
import { given, readNumber } from '../../ui/search-params';
import { classNames } from '../../ui/text/class-names';
import { shortHash } from '../../ui/text/format';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { WordDiff } from '../../ui/text/word-diff';
import { versionQuery } from './snippet-queries';
import { TagPanel } from './tag-panel';

const route = getRouteApi('/snippets/$name');

/** The browser lays out only the versions in sight. The height of one that was never shown is an estimate. */
const VERSION_CLASS =
  'border-b [contain-intrinsic-block-size:auto_58px] [content-visibility:auto] last:border-b-0';

/** Every version, the one that is chosen, and what it changes against another. */
export function VersionsTab({
  name,
  versions,
}: {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly SnippetVersionSummary[];
}) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = versions.find(({ version_number: number }) => number === search.version) ?? versions[0];
  if (chosen === undefined) return <ScreenBody label="Versions">{null}</ScreenBody>;
  return (
    <ScreenBody label="Versions">
      <div className="grid gap-3.5 lg:grid-cols-[330px_minmax(0,1fr)]">
        <Panel title="Versions" note="newest first" className="self-start">
          <ul className="m-0 max-h-[70vh] list-none overflow-auto p-0">
            {versions.map((version) => (
              <li key={version.version_id} className={VERSION_CLASS}>
                <VersionButton
                  version={version}
                  isChosen={version === chosen}
                  onChoose={() =>
                    void navigate({
                      search: { tab: 'versions', version: version.version_number },
                      replace: true,
                    })
                  }
                />
              </li>
            ))}
          </ul>
        </Panel>
        <Chosen key={chosen.version_id} name={name} version={chosen} versions={versions} />
      </div>
    </ScreenBody>
  );
}

function VersionButton({
  version,
  isChosen,
  onChoose,
}: {
  readonly version: SnippetVersionSummary;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onChoose}
      className={classNames(
        'grid w-full gap-0.5 px-3.5 py-2 text-left',
        isChosen ? 'bg-accent-soft' : 'hover:bg-code',
      )}
    >
      <span className="flex flex-wrap items-center gap-1.5">
        <b className="font-[560]">{`v${version.version_number}`}</b>
        <span className="grow" />
        <Time at={version.created_at} />
      </span>
      <span className="break-words text-ink-2">{visibleText(version.commit_message ?? '')}</span>
      {version.created_by !== null && (
        <span className="text-[12px] break-words text-ink-3">{visibleText(version.created_by)}</span>
      )}
    </button>
  );
}

function Chosen({
  name,
  version,
  versions,
}: {
  readonly name: string;
  readonly version: SnippetVersionSummary;
  readonly versions: readonly SnippetVersionSummary[];
}) {
  const number = version.version_number;
  const { against = versions.find((other) => other.version_number < number)?.version_number } =
    route.useSearch();
  const navigate = route.useNavigate();
  const content = useQuery(versionQuery(name, number));
  const other = useQuery({ ...versionQuery(name, against ?? number), enabled: against !== undefined });
  const error = content.error ?? other.error;
  return (
    <div className="grid min-w-0 content-start gap-3.5">
      <Panel
        title={`Version ${number}`}
        note={<span className="mono">{shortHash(version.checksum_hash)}</span>}
        aside={<CopyButton text={version.checksum_hash} label="Copy the checksum" />}
      >
        <div className="grid gap-3 p-3">
          {error !== null && (
            <Problem error={error} onRetry={() => void Promise.all([content.refetch(), other.refetch()])} />
          )}
          {content.data !== undefined && <Rendered content={content.data.template_source} />}
        </div>
      </Panel>
      {content.data !== undefined && <TagPanel name={name} version={number} args={content.data.variables} />}
      {versions.length > 1 && (
        <Panel
          title="What changes"
          note="by word"
          aside={
            <label className="flex items-center gap-2 text-[12px] font-normal text-ink-2">
              against
              <Select
                value={against ?? ''}
                onChange={({ target }) =>
                  void navigate({
                    search: given({
                      tab: 'versions' as const,
                      version: number,
                      against: readNumber(target.value),
                    }),
                    replace: true,
                  })
                }
              >
                {against === undefined && <option value="">no other</option>}
                {versions
                  .filter((entry) => entry !== version)
                  .map((entry) => (
                    <option
                      key={entry.version_id}
                      value={entry.version_number}
                    >{`v${entry.version_number}`}</option>
                  ))}
              </Select>
            </label>
          }
        >
          <div className="p-3">
            {against === undefined && <p className="m-0 text-ink-3">This is the first version.</p>}
            {content.data !== undefined && other.data !== undefined && against !== undefined && (
              <WordDiff
                key={`${against} ${number}`}
                before={other.data.template_source}
                after={content.data.template_source}
              />
            )}
          </div>
        </Panel>
      )}
    </div>
  );
}
