import { useId } from 'react';
import { readJsonObject } from '../../api/json-text';
import { SteadyTextArea } from '../../ui/controls/steady-text-area';
import { Panel } from '../../ui/panel';
import { useVariablesText } from './variables-text';
import type { Playground } from './variants/variant';

const ROWS = { least: 2, most: 8 };

/** The variables of all variants that do not have their own. */
export function SharedVariables({
  playground,
  onChange,
}: {
  readonly playground: Playground;
  readonly onChange: (text: string) => void;
}) {
  const text = useVariablesText(playground);
  return (
    <Panel title="Variables" note={playground.variants.length === 1 ? 'as JSON' : 'of all variants, as JSON'}>
      <div className="p-3">
        <VariablesField label="Variables of all" text={text} onChange={onChange} />
      </div>
    </Panel>
  );
}

/** Edits a text of JSON, and shows what is wrong with it. */
export function VariablesField({
  label,
  text,
  onChange,
}: {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}) {
  const hintId = useId();
  const isBad = readJsonObject(text) === null;
  return (
    <div className="grid gap-1">
      <SteadyTextArea
        aria-label={label}
        aria-invalid={isBad}
        aria-describedby={isBad ? hintId : undefined}
        rows={Math.min(ROWS.most, Math.max(ROWS.least, text.split('\n').length))}
        className="mono"
        value={text}
        onChange={onChange}
      />
      {isBad && (
        <span id={hintId} className="text-[12px] text-bad">
          This is not a JSON object.
        </span>
      )}
    </div>
  );
}
