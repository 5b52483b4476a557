import type { Suggestion, Version } from '@prompt-ledger/client';
import { JsonBlock } from '../../ui/json-block';
import { textOfContent } from '../../ui/text/text-of-content';
import { WordDiff } from '../../ui/text/word-diff';

/** Shows the patch: by word for a content, as JSON for members of requests. */
export function Patch({
  patch: { kind, content, params, model },
  before,
}: {
  readonly patch: NonNullable<Suggestion['patch']>;
  readonly before: Version | undefined;
}) {
  if (kind !== 'content') {
    return (
      <div className="grid gap-1.5 border-t p-3.5">
        <span className="text-[12px] text-ink-2">
          {kind === 'params' ? 'To send as params with requests' : 'The model to send with requests'}
        </span>
        <JsonBlock
          value={kind === 'params' ? params : model}
          label={kind === 'params' ? 'Params' : 'Model'}
        />
      </div>
    );
  }
  if (before === undefined || content === undefined) return null;
  return (
    <div className="border-t p-3.5">
      <WordDiff before={textOfContent(before)} after={textOfContent(content)} />
    </div>
  );
}
