import type { Prompt, PromptEnvironment, VersionSummary } from '@prompt-ledger/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Button, buttonClass } from '../../ui/controls/button';
import { Chip } from '../../ui/chip';
import { classNames } from '../../ui/text/class-names';
import { CopyButton } from '../../ui/controls/copy-button';
import { Select } from '../../ui/controls/field';
import { shortHash } from '../../ui/text/format';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { ScreenBody } from '../../ui/screen';
import { readNumber } from '../../ui/search-params';
import { Time } from '../../ui/text/time';
import { say } from '../../ui/toasts';
import { visibleText } from '../../ui/text/visible-text';
import { textOfContent } from '../../ui/text/text-of-content';
import { WordDiff } from '../../ui/text/word-diff';
import { refreshPrompts, versionQuery } from './prompt-queries';
import { Rendered } from '../../ui/editor/preview';

const route = getRouteApi('/prompts/$name');

/**
 * The browser lays out and paints only the versions in sight. Their heights differ with their messages, so the height of one that was
 * never shown is an estimate.
 */
const VERSION_CLASS =
  'border-b [contain-intrinsic-block-size:auto_58px] [content-visibility:auto] last:border-b-0';

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
    <ScreenBody label="Versions">
      <div className="grid gap-3.5 lg:grid-cols-[330px_minmax(0,1fr)]">
        <Panel title="Versions" note="newest first" className="self-start">
          <ul className="m-0 max-h-[70vh] list-none overflow-auto p-0">
            {versions.map((version) => (
              <li key={version.version_id} className={VERSION_CLASS}>
                <VersionButton
                  version={version}
                  environments={pointers.filter(
                    (pointer) => pointer.version_number === version.version_number,
                  )}
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
        <Chosen
          key={chosen.version_id}
          prompt={prompt}
          version={chosen}
          versions={versions}
          onPromote={onPromote}
        />
      </div>
    </ScreenBody>
  );
}

function VersionButton({
  version,
  environments,
  isChosen,
  onChoose,
}: {
  readonly version: VersionSummary;
  readonly environments: readonly PromptEnvironment[];
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
        {environments.map(({ environment }) => (
          <Chip key={environment} tone="accent">
            {environment === 'default' ? 'active' : environment}
          </Chip>
        ))}
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
      {versions.length > 1 && (
        <Panel
          title="What changes"
          note="by word"
          aside={
            <label className="flex items-center gap-2 text-[12px] font-normal text-ink-2">
              against
              <Select
                value={against ?? ''}
                onChange={({ target }) => {
                  const wanted = readNumber(target.value);
                  const rest = { tab: 'versions' as const, version: number };
                  void navigate({
                    search: wanted === undefined ? rest : { ...rest, against: wanted },
                    replace: true,
                  });
                }}
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
                before={textOfContent(other.data)}
                after={textOfContent(content.data)}
              />
            )}
          </div>
        </Panel>
      )}
    </div>
  );
}
