import type { ScorerVersion } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { Select } from '../../ui/controls/field';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { ScreenBody } from '../../ui/screen';
import { given, readNumber } from '../../ui/search-params';
import { classNames } from '../../ui/text/class-names';
import { shortHash } from '../../ui/text/format';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';
import { WordDiff } from '../../ui/text/word-diff';
import { Definition } from './definition/definition';
import { writeLines } from './definition/write-summary';

const route = getRouteApi('/scorers/$name');

/** The browser lays out only the versions in sight. */
const VERSION_CLASS =
  'border-b [contain-intrinsic-block-size:auto_58px] [content-visibility:auto] last:border-b-0';

/** Every version, the one that is chosen, and what it changes against another. */
export function VersionsTab({ name }: { readonly name: string }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery({
    queryKey: ['scorers', 'versions', name],
    queryFn: async ({ signal }) => ledger.scorers.versions(name, { signal }),
  });
  const chosen = data?.find(({ version_number: number }) => number === search.version) ?? data?.[0];
  if (data === undefined || chosen === undefined) {
    return (
      <ScreenBody label="Versions">
        {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
      </ScreenBody>
    );
  }
  return (
    <ScreenBody label="Versions">
      <div className="grid gap-3.5 lg:grid-cols-[330px_minmax(0,1fr)]">
        <Panel title="Versions" note="newest first" className="self-start">
          <ul className="m-0 max-h-[70vh] list-none overflow-auto p-0">
            {data.map((version) => (
              <li key={version.version_number} className={VERSION_CLASS}>
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
        <Chosen key={chosen.version_number} version={chosen} versions={data} />
      </div>
    </ScreenBody>
  );
}

function VersionButton({
  version: { version_number: number, created_by: by, created_at: at },
  isChosen,
  onChoose,
}: {
  readonly version: ScorerVersion;
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
        <b className="font-[560]">{`v${number}`}</b>
        <span className="grow" />
        <Time at={at} />
      </span>
      <span className="break-words text-ink-2">{visibleText(by)}</span>
    </button>
  );
}

function Chosen({
  version,
  versions,
}: {
  readonly version: ScorerVersion;
  readonly versions: readonly ScorerVersion[];
}) {
  const number = version.version_number;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const others = versions.filter((other) => other !== version);
  const other =
    others.find(({ version_number: each }) => each === search.against) ??
    others.find(({ version_number: each }) => each < number);
  return (
    <div className="grid min-w-0 content-start gap-3.5">
      <Panel
        title={`Version ${number}`}
        note={
          <span className="mono" title={version.checksum_hash}>
            {shortHash(version.checksum_hash)}
          </span>
        }
      >
        <Definition definition={version.definition} />
      </Panel>
      {others.length > 0 && (
        <Panel
          title="What changes"
          note="by word"
          aside={
            <label className="flex items-center gap-2 text-[12px] font-normal text-ink-2">
              against
              <Select
                value={other?.version_number ?? ''}
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
                {other === undefined && <option value="">no other</option>}
                {others.map(({ version_number: each }) => (
                  <option key={each} value={each}>{`v${each}`}</option>
                ))}
              </Select>
            </label>
          }
        >
          <div className="p-3">
            {other === undefined ? (
              <p className="m-0 text-ink-3">This is the first version.</p>
            ) : (
              <WordDiff
                key={`${other.version_number} ${number}`}
                before={writeLines(other.definition)}
                after={writeLines(version.definition)}
              />
            )}
          </div>
        </Panel>
      )}
    </div>
  );
}
