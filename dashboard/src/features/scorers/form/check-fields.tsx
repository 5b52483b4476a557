import type { CheckName } from '@prompt-ledger/client';
import { Input, Select } from '../../../ui/controls/field';
import { Checkbox, FormField } from '../../../ui/form/form';
import { CHECK_NAMES, CHECKS } from './checks';
import { OperandFields } from './operand-fields';
import type { ScorerDraft } from './scorer-draft';
import { ThresholdField } from './threshold-field';

/** Asks for the rule of a check. */
export function CheckFields({
  draft,
  onChange,
}: {
  readonly draft: ScorerDraft;
  readonly onChange: (change: Partial<ScorerDraft>) => void;
}) {
  return (
    <>
      <div className="grid gap-3 md:grid-cols-2">
        <FormField label="The answer" pointer="/check">
          {(props) => (
            <Select
              {...props}
              className="w-full"
              value={draft.check}
              onChange={({ target }) => onChange({ check: target.value as CheckName })}
            >
              {CHECK_NAMES.map((name) => (
                <option key={name} value={name}>
                  {CHECKS[name].title}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        {CHECKS[draft.check].hasPath && (
          <FormField
            label="Only this part of it"
            pointer="/path"
            hint="Such as /items/0/name or items[0].name; empty: the whole answer"
          >
            {(props) => (
              <Input
                {...props}
                className="mono"
                value={draft.path}
                onChange={({ target }) => onChange({ path: target.value })}
              />
            )}
          </FormField>
        )}
      </div>
      <OperandFields draft={draft} onChange={onChange} />
      <Checkbox
        label="Pass where it does not"
        hint="The value becomes 1 minus what it would be."
        checked={draft.negate}
        onChange={(negate) => onChange({ negate })}
      />
      <ThresholdField value={draft.threshold} onChange={(threshold) => onChange({ threshold })} />
    </>
  );
}
