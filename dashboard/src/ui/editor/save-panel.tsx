import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from '../controls/button';
import { Field, Input } from '../controls/field';
import { shortHash } from '../text/format';
import { Kbd, MOD } from '../controls/kbd';
import { Fact, Facts, Panel } from '../panel';
import { Problem } from '../problem';
import { useHotkey } from '../hooks/use-hotkey';
import { visibleText } from '../text/visible-text';
import type { CompiledContent } from './use-compiled';

/** Shows the checksum of the next version, asks for its message, and saves it. */
export function SavePanel<Saved>({
  title,
  compiled,
  isChanged,
  wrong,
  commitMessage,
  onCommitMessage,
  save,
  onSaved,
  variablesName = 'Variables',
  children,
}: {
  readonly title: string;
  readonly compiled: CompiledContent;
  readonly isChanged: boolean;
  /** The titles of the members that are not JSON. */
  readonly wrong: readonly string[];
  readonly commitMessage: string;
  readonly onCommitMessage: (text: string) => void;
  readonly save: () => PromiseLike<Saved>;
  readonly onSaved: (saved: Saved) => void;
  /** The term for the names in the text. */
  readonly variablesName?: string;
  /** Further fields, above the message. */
  readonly children?: ReactNode;
}) {
  const { output, error, isBehind } = compiled;
  const variables = output?.variables ?? [];
  const saving = useMutation({ mutationFn: async () => save(), onSuccess: onSaved });
  // Text that the worker has not read yet goes to the service, which refuses what does not parse.
  const canSave = isChanged && wrong.length === 0 && (error === null || isBehind) && !saving.isPending;
  useHotkey('s', () => {
    if (canSave) saving.mutate();
  });
  return (
    <Panel title={title}>
      <Facts>
        <Fact name="Checksum">
          {output === null || isBehind ? (
            <>{error === null ? '…' : '–'}</>
          ) : (
            <span className="mono" title={output.checksumHash}>
              {shortHash(output.checksumHash)}
            </span>
          )}
        </Fact>
        <Fact name={variablesName}>
          {variables.length === 0 ? 'none' : visibleText(variables.join(', '))}
        </Fact>
      </Facts>
      <form
        className="grid gap-3 px-3.5 pb-3.5"
        onSubmit={(event) => {
          event.preventDefault();
          if (canSave) saving.mutate();
        }}
      >
        {children}
        <Field label="What changes, and why">
          {(id) => (
            <Input
              id={id}
              maxLength={2_000}
              value={commitMessage}
              onChange={({ target }) => onCommitMessage(target.value)}
            />
          )}
        </Field>
        {wrong.length > 0 && <p role="alert" className="m-0 text-bad">{`No JSON: ${wrong.join(', ')}.`}</p>}
        {saving.isError && <Problem error={saving.error} />}
        <Button type="submit" tone="primary" disabled={!canSave}>
          {isChanged ? 'Save version' : 'Nothing has changed'} {isChanged && <Kbd isOnAccent>{MOD}S</Kbd>}
        </Button>
      </form>
    </Panel>
  );
}
