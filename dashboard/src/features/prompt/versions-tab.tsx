import type { Prompt, PromptEnvironment, VersionSummary } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Button, buttonClass } from '../../ui/controls/button';
import { Chip } from '../../ui/chip';
import { CopyButton } from '../../ui/controls/copy-button';
import { shortHash } from '../../ui/text/format';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { ScreenBody } from '../../ui/screen';
import { say } from '../../ui/toasts';
import { textOfContent } from '../../ui/text/text-of-content';
import { refreshPrompts, versionQuery } from './prompt-queries';
import { Rendered } from '../../ui/editor/preview';
import { ChangesPanel } from '../../ui/versions/changes-panel';
import { VersionList } from '../../ui/versions/version-list';
import { given } from '../../ui/search-params';

const route = getRouteApi('/prompts/$name');

/** Every version, the one that is chosen, and what it changes against another. */
export function VersionsTab({
  prompt,
  versions,
  pointers,
  onPromote,
}: {
  readonly prompt: Prompt;
  /** Newest first. */
  readonly versions: readonly VersionSummary[];
  readonly pointers: readonly PromptEnvironment[];
  /** Null for a caller without the permission. */
  readonly onPromote: ((version: number) => void) | null;
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
      renderChips={({ version_number: number }) =>
        pointers
          .filter((pointer) => pointer.version_number === number)
          .map(({ environment }) => (
            <Chip key={environment} tone="accent">
              {environment === 'default' ? 'active' : environment}
            </Chip>
          ))
      }
    >
      <Chosen
        key={chosen.version_id}
        prompt={prompt}
        version={chosen}
        versions={versions}
        onPromote={onPromote}
      />
    </VersionList>
  );
}

function Chosen({
  prompt,
  version,
  versions,
  onPromote,
}: {
  readonly prompt: Prompt;
  readonly version: VersionSummary;
  readonly versions: readonly VersionSummary[];
  readonly onPromote: ((version: number) => void) | null;
}) {
  const number = version.version_number;
  const { against = versions.find((other) => other.version_number < number)?.version_number } =
    route.useSearch();
  const navigate = route.useNavigate();
  const content = useQuery(versionQuery(prompt.name, number));
  const other = useQuery({ ...versionQuery(prompt.name, against ?? number), enabled: against !== undefined });
  const mayPut = useMay('prompts:write', prompt.owner_team);
  const mayRun = useMay('executions:run');
  const mayRollOut = useMay('rollouts:write', prompt.owner_team);
  const isActive = prompt.active_version?.version_number === number;
  const activate = useMutation({
    mutationFn: () => ledger.prompts.activate(prompt.name, number),
    onSuccess: () => {
      say(`Version ${number} is active.`);
      void refreshPrompts();
    },
  });
  const error = content.error ?? other.error;
  return (
    <div className="grid min-w-0 content-start gap-3.5">
      <Panel
        title={`Version ${number}`}
        note={<span className="mono">{shortHash(version.checksum_hash)}</span>}
        aside={
          <>
            <CopyButton text={version.checksum_hash} label="Copy the checksum" />
            {mayRun && (
              <Link
                to="/playground"
                search={{ prompt: prompt.name, version: number }}
                className={buttonClass()}
              >
                Open in playground
              </Link>
            )}
            {mayPut && prompt.mode === 'full' && !isActive && (
              <Button disabled={activate.isPending} onClick={() => activate.mutate()}>
                Activate
              </Button>
            )}
            {mayRollOut && prompt.retired_at === null && (
              <Link
                to="/rollouts/new"
                search={{ prompt: prompt.name, candidate: number }}
                className={buttonClass()}
              >
                Roll out …
              </Link>
            )}
            {onPromote !== null && <Button onClick={() => onPromote(number)}>Promote …</Button>}
          </>
        }
      >
        <div className="grid gap-3 p-3">
          {activate.isError && <Problem error={activate.error} />}
          {error !== null && (
            <Problem error={error} onRetry={() => void Promise.all([content.refetch(), other.refetch()])} />
          )}
          {content.data !== undefined && (
            <Rendered content={content.data.messages ?? content.data.template_source ?? ''} />
          )}
        </div>
      </Panel>
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
        before={other.data && textOfContent(other.data)}
        after={content.data && textOfContent(content.data)}
      />
    </div>
  );
}
