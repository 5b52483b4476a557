import { type ReactNode, useState } from 'react';
import { Field, Input, TextArea } from '../../../ui/controls/field';
import { JsonPartFields } from '../../../ui/editor/json-part-fields';
import { listPartTitles } from '../../../ui/editor/json-parts';
import { PARAMS } from './params';
import type { Variant } from './variant';

/** Params, tools and the response format. The section is closed unless one of them has a value. */
export function VariantSettings({
  variant,
  onChange,
}: {
  readonly variant: Variant;
  readonly onChange: (variant: Variant) => void;
}) {
  const { params, parts } = variant;
  const setParam = (name: string, text: string) =>
    onChange({ ...variant, params: { ...params, [name]: text } });
  const given = PARAMS.filter(([name]) => (params[name] ?? '') !== '');
  const stop = params['stop'] ?? '';
  const said = given.map(([name, title]) => `${title} ${params[name] ?? ''}`);
  return (
    <>
      <Section title="Params" note={[...said, ...(stop === '' ? [] : ['Stop'])].join(' · ')}>
        <div className="grid grid-cols-2 gap-2">
          {PARAMS.map(([name, title]) => (
            <Field key={name} label={title}>
              {(id) => (
                <Input
                  id={id}
                  inputMode="decimal"
                  value={params[name] ?? ''}
                  onChange={({ target }) => setParam(name, target.value)}
                />
              )}
            </Field>
          ))}
        </div>
        <Field label="Stop" hint="A text a line; \n in it is a line break.">
          {(id) => (
            <TextArea
              id={id}
              rows={Math.max(1, stop.split('\n').length)}
              className="mono"
              value={stop}
              onChange={({ target }) => setParam('stop', target.value)}
            />
          )}
        </Field>
      </Section>
      <Section title="Tools and format" note={listPartTitles(parts)}>
        <JsonPartFields parts={parts} onChange={(changed) => onChange({ ...variant, parts: changed })} />
      </Section>
    </>
  );
}

function Section({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note: string;
  readonly children: ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="border-t" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="cursor-pointer px-3 py-2 text-[12.5px] font-[540]">
        {title} <span className="font-normal text-ink-3">{note}</span>
      </summary>
      {isOpen && <div className="grid gap-2.5 px-3 pb-3">{children}</div>}
    </details>
  );
}
