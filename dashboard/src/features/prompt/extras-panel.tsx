import { useState } from 'react';
import { JsonField, JsonPartFields } from '../../ui/editor/json-part-fields';
import { type JsonParts, listPartTitles } from '../../ui/editor/json-parts';
import { Panel } from '../../ui/panel';

/** Edits the members of a version besides its templates. */
export function ExtrasPanel({
  parts,
  settings,
  onParts,
  onSettings,
}: {
  readonly parts: JsonParts;
  /** The JSON of the settings that the content was tried with. */
  readonly settings: string;
  readonly onParts: (parts: JsonParts) => void;
  readonly onSettings: (text: string) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const names = [listPartTitles(parts), settings === '' ? '' : 'Settings'].filter((name) => name !== '');
  return (
    <Panel title="Tools, format and settings" note={names.join(' · ')}>
      <details
        className="px-3 py-2"
        open={isOpen}
        onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      >
        <summary className="cursor-pointer text-[12.5px] text-ink-2">
          {names.length === 0 ? 'Add some' : 'Show and edit them'}
        </summary>
        {isOpen && (
          <div className="grid gap-2.5 pt-2 pb-1">
            <JsonPartFields parts={parts} onChange={onParts} />
            <JsonField
              title="Settings"
              example='{"model": "openai/gpt-4o-mini", "params": {"temperature": 0.2}}'
              text={settings}
              onChange={onSettings}
            />
            <p className="m-0 text-[12px] text-ink-3">
              Settings say what the content was tried with. They are no part of the checksum and change no
              run.
            </p>
          </div>
        )}
      </details>
    </Panel>
  );
}
