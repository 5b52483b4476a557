import type { ScorerVersion } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { ScreenBody } from '../../ui/screen';
import { given } from '../../ui/search-params';
import { shortHash } from '../../ui/text/format';
import { Definition } from './definition/definition';
import { writeLines } from './definition/write-summary';
import { ChangesPanel } from '../../ui/versions/changes-panel';
import { VersionList } from '../../ui/versions/version-list';

const route = getRouteApi('/scorers/$name');

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
    <VersionList
      versions={data}
      chosen={chosen}
      onChoose={(version) => void navigate({ search: { tab: 'versions', version }, replace: true })}
    >
      <Chosen key={chosen.version_number} version={chosen} versions={data} />
    </VersionList>
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
      <ChangesPanel
        version={number}
        versions={versions}
        against={other?.version_number}
        onAgainst={(against) =>
          void navigate({
            search: given({ tab: 'versions' as const, version: number, against }),
            replace: true,
          })
        }
        before={other && writeLines(other.definition)}
        after={writeLines(version.definition)}
      />
    </div>
  );
}
