import type { ChatMessage } from '@prompt-ledger/client';
import { Chip } from '../chip';
import { Button } from '../controls/button';
import { Panel } from '../panel';
import { Problem } from '../problem';
import { ContentEditor, type EditedContent } from './content-editor';
import { Rendered } from './preview';

/** Shows the content of a version: as the draft of the next one, or read-only. */
export function DraftPanel<Draft extends EditedContent>({
  title,
  version,
  draft,
  readOnly,
  error,
  onChange,
  onDiscard,
}: {
  readonly title: string;
  /** The number of the version. */
  readonly version: number;
  readonly draft: Draft;
  /** The content of the version for callers who may not write; null for others. */
  readonly readOnly: string | readonly ChatMessage[] | null;
  /** Why the content does not parse; null if it does. */
  readonly error: unknown;
  readonly onChange: (draft: Draft) => void;
  /** Null while there is nothing to discard. */
  readonly onDiscard: (() => void) | null;
}) {
  return (
    <Panel
      title={title}
      note={readOnly === null ? `draft after v${version} · Liquid` : `v${version} · read-only`}
      aside={
        <>
          {onDiscard !== null && (
            <Button tone="ghost" onClick={onDiscard}>
              Discard the draft
            </Button>
          )}
          {error === null ? <Chip tone="good">parses</Chip> : <Chip tone="bad">does not parse</Chip>}
        </>
      }
    >
      {readOnly === null ? (
        <ContentEditor draft={draft} onChange={onChange} />
      ) : (
        <div className="p-3">
          <Rendered content={readOnly} />
        </div>
      )}
      {error !== null && (
        <div className="px-3 pb-3">
          <Problem error={error} />
        </div>
      )}
    </Panel>
  );
}
