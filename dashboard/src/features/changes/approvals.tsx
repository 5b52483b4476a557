import type { Change } from '@prompt-ledger/client';
import { Chip } from '../../ui/chip';
import { Panel } from '../../ui/panel';
import { Time } from '../../ui/text/time';
import { visibleText } from '../../ui/text/visible-text';

/** Lists who has approved, and how many approvals are missing. */
export function Approvals({ change }: { readonly change: Change }) {
  const {
    approvals,
    required_approvals: required,
    approval_teams: teams,
    from_version: from,
    to_version: to,
  } = change;
  const missing = Math.max(0, required - approvals.filter(({ counts }) => counts).length);
  const isRunning = change.status === 'open' || change.status === 'approved';
  return (
    <Panel
      title="Approvals"
      note={visibleText(`${required}${teams.length === 0 ? '' : ` of ${teams.join(', ')}`}, not the author`)}
    >
      <ul className="m-0 list-none p-0">
        {approvals.map(({ by, at, comment, counts }) => (
          <li key={`${by} ${at}`} className="grid gap-0.5 border-b px-3.5 py-2">
            <span className="flex flex-wrap items-center gap-2">
              <span className="grow break-words">{visibleText(by)}</span>
              {!counts && <Chip tone="warn">does not count</Chip>} <Time at={at} />
            </span>
            {comment !== null && <span className="break-words text-ink-2">{visibleText(comment)}</span>}
          </li>
        ))}
      </ul>
      <p className="m-0 px-3.5 py-2.5 text-ink-3">
        {isRunning && missing > 0 && `${missing} more ${missing === 1 ? 'is' : 'are'} needed. `}
        {`Bound to ${from === null ? '' : `v${from}, `}v${to} and the rules of ${change.environment}: if one of them moves, this change is stale.`}
      </p>
    </Panel>
  );
}
