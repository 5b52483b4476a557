import type { ReactNode } from 'react';
import { Panel } from '../panel';
import { ScreenBody } from '../screen';
import { classNames } from '../text/class-names';
import { Time } from '../text/time';
import { visibleText } from '../text/visible-text';

/** A version as it stands in a list of versions. */
export interface ListedVersion {
  readonly version_number: number;
  readonly created_at: string;
  readonly created_by: string | null;
  /** Left out by what is saved without a message. */
  readonly commit_message?: string | null;
}

/**
 * The browser lays out and paints only the versions in sight. Their heights differ with their messages, so the height of one that was
 * never shown is an estimate.
 */
const VERSION_CLASS =
  'border-b [contain-intrinsic-block-size:auto_58px] [content-visibility:auto] last:border-b-0';

/** Every version, and beside them the one that is chosen. */
export function VersionList<Version extends ListedVersion>({
  versions,
  chosen,
  onChoose,
  renderChips,
  children,
}: {
  /** Newest first. */
  readonly versions: readonly Version[];
  readonly chosen: Version;
  readonly onChoose: (version: number) => void;
  /** Shows where a version is used. */
  readonly renderChips?: (version: Version) => ReactNode;
  /** Shows the chosen version. */
  readonly children: ReactNode;
}) {
  return (
    <ScreenBody label="Versions">
      <div className="grid gap-3.5 lg:grid-cols-[330px_minmax(0,1fr)]">
        <Panel title="Versions" note="newest first" className="self-start">
          <ul className="m-0 max-h-[70vh] list-none overflow-auto p-0">
            {versions.map((version) => (
              <li key={version.version_number} className={VERSION_CLASS}>
                <VersionButton
                  version={version}
                  chips={renderChips?.(version)}
                  isChosen={version === chosen}
                  onChoose={() => onChoose(version.version_number)}
                />
              </li>
            ))}
          </ul>
        </Panel>
        {children}
      </div>
    </ScreenBody>
  );
}

function VersionButton({
  version: { version_number: number, created_at: at, created_by: by, commit_message: message },
  chips,
  isChosen,
  onChoose,
}: {
  readonly version: ListedVersion;
  readonly chips: ReactNode;
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
        {chips}
        <span className="grow" />
        <Time at={at} />
      </span>
      {message !== undefined && <span className="break-words text-ink-2">{visibleText(message ?? '')}</span>}
      {by !== null && <span className="text-[12px] break-words text-ink-3">{visibleText(by)}</span>}
    </button>
  );
}
