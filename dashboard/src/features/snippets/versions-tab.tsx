import type { SnippetVersionSummary } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { CopyButton } from '../../ui/controls/copy-button';
import { Rendered } from '../../ui/editor/preview';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { ScreenBody } from '../../ui/screen';
import { given } from '../../ui/search-params';
import { shortHash } from '../../ui/text/format';
import { versionQuery } from './snippet-queries';
import { TagPanel } from './tag-panel';
import { ChangesPanel } from '../../ui/versions/changes-panel';
import { VersionList } from '../../ui/versions/version-list';

const route = getRouteApi('/snippets/$name');

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
    <VersionList
      versions={versions}
      chosen={chosen}
      onChoose={(version) => void navigate({ search: { tab: 'versions', version }, replace: true })}
    >
      <Chosen key={chosen.version_id} name={name} version={chosen} versions={versions} />
    </VersionList>
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
      <ChangesPanel
        version={number}
        versions={versions}
        against={against}
        onAgainst={(version) =>
          void navigate({
            search: given({ tab: 'versions' as const, version: number, against: version }),
            replace: true,
          })
        }
        before={other.data?.template_source}
        after={content.data?.template_source}
      />
    </div>
  );
}
