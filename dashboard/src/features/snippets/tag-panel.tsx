import { CopyButton } from '../../ui/controls/copy-button';
import { Panel } from '../../ui/panel';
import { visibleText } from '../../ui/text/visible-text';
import { writeTag } from './write-tag';

/** Shows the tag by which a template uses a version of a snippet, with a button that copies it. */
export function TagPanel({
  name,
  version,
  args,
}: {
  readonly name: string;
  readonly version: number;
  /** The names of its arguments. */
  readonly args: readonly string[];
}) {
  const tag = writeTag(name, version, args);
  return (
    <Panel title={`How a template uses v${version}`} aside={<CopyButton text={tag} label="Copy the tag" />}>
      <div className="grid gap-2 p-3.5">
        <code className="code-block" aria-label="The tag">
          {visibleText(tag)}
        </code>
        <p className="m-0 text-[12px] text-ink-3">
          {args.length === 0
            ? 'The text has no arguments. A template keeps the version that it names.'
            : 'Each argument takes a variable or a literal. A template keeps the version that it names.'}
        </p>
      </div>
    </Panel>
  );
}
