import type { AuditEntry } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { jsonText } from '../../api/json-text';
import { Dialog } from '../../ui/dialog';
import { JsonBlock } from '../../ui/json-block';
import { Fact, Facts } from '../../ui/panel';
import { fullTime } from '../../ui/text/format';
import { visibleText } from '../../ui/text/visible-text';
import { WordDiff } from '../../ui/text/word-diff';

const KINDS = { person: 'a person', service: 'a service account', key: 'a key', instance: 'the instance' };

/** One entry of the log: who did what, from where, and the state before and after. */
export function EntryDialog({
  entry,
  onClose,
}: {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}) {
  const { actor, action, at, from_address: address, reason, before, after } = entry;
  return (
    <Dialog title={action} isOpen isWide onClose={onClose}>
      <div className="grid gap-3">
        <div className="-mx-3.5">
          <Facts>
            <Fact name="When">{fullTime(at)}</Fact>
            <Fact name="Who">{`${visibleText(actor.name)}, ${KINDS[actor.kind]}`}</Fact>
            {actor.id !== null && (
              <Fact name="Their id">
                <span className="mono">{actor.id}</span>
              </Fact>
            )}
            {actor.key_id !== null && (
              <Fact name="Key">
                <span className="mono">{actor.key_id}</span>
              </Fact>
            )}
            {address !== null && <Fact name="From">{visibleText(address)}</Fact>}
            <Fact name="To">
              <Subject entry={entry} />
            </Fact>
            {reason !== null && <Fact name="Reason">{visibleText(reason)}</Fact>}
          </Facts>
        </div>
        {before !== null && after !== null ? (
          <WordDiff before={jsonText(before)} after={jsonText(after)} />
        ) : (
          <>
            {before !== null && <JsonBlock value={before} label="Before" />}
            {after !== null && <JsonBlock value={after} label="After" />}
          </>
        )}
      </div>
    </Dialog>
  );
}

function Subject({ entry: { subject } }: { readonly entry: AuditEntry }): ReactNode {
  const { type, id, name } = subject;
  const text = visibleText(`${type} ${name ?? id ?? ''}`);
  if (type === 'prompt' && name !== null) {
    return (
      <Link to="/prompts/$name" params={{ name }} search={{}} className="text-accent">
        {text}
      </Link>
    );
  }
  if (type === 'change' && id !== null) {
    return (
      <Link to="/changes/$id" params={{ id }} className="text-accent">
        {text}
      </Link>
    );
  }
  if (type === 'execution' && id !== null) {
    return (
      <Link to="/executions/$id" params={{ id }} className="text-accent">
        {text}
      </Link>
    );
  }
  return text;
}
