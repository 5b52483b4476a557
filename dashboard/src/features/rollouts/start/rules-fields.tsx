import { Input, Select } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { Panel } from '../../../ui/panel';

export interface RulesDraft {
  readonly minUnits: string;
  /** In percent. */
  readonly alpha: string;
  readonly onGuardrail: 'roll_back' | 'pause';
  readonly onSuccess: 'apply' | 'hold';
}

/** Asks when the rollout is decided, and what follows. */
export function RulesFields({
  draft,
  onChange,
}: {
  readonly draft: RulesDraft;
  readonly onChange: (change: Partial<RulesDraft>) => void;
}) {
  return (
    <Panel title="Rules">
      <div className="grid gap-3 p-3.5 md:grid-cols-2">
        <FormField
          label="Units at least"
          pointer="/min_units"
          hint="In each arm and in each step, before anything is decided"
        >
          {(props) => (
            <Input
              {...props}
              type="number"
              min={1}
              required
              value={draft.minUnits}
              onChange={({ target }) => onChange({ minUnits: target.value })}
            />
          )}
        </FormField>
        <FormField
          label="Chance of a wrong stop, %"
          pointer="/alpha"
          hint="Over all guardrails, steps and looks together"
        >
          {(props) => (
            <Input
              {...props}
              type="number"
              min={0.01}
              max={50}
              step="any"
              required
              value={draft.alpha}
              onChange={({ target }) => onChange({ alpha: target.value })}
            />
          )}
        </FormField>
        <FormField label="When a guardrail is bad" pointer="/on_guardrail">
          {(props) => (
            <Select
              {...props}
              className="w-full"
              value={draft.onGuardrail}
              onChange={({ target }) => onChange({ onGuardrail: target.value as RulesDraft['onGuardrail'] })}
            >
              <option value="roll_back">roll it back</option>
              <option value="pause">pause it</option>
            </Select>
          )}
        </FormField>
        <FormField label="When the candidate is good" pointer="/on_success">
          {(props) => (
            <Select
              {...props}
              className="w-full"
              value={draft.onSuccess}
              onChange={({ target }) => onChange({ onSuccess: target.value as RulesDraft['onSuccess'] })}
            >
              <option value="hold">go on, and say so</option>
              <option value="apply">move the pointer to it</option>
            </Select>
          )}
        </FormField>
      </div>
    </Panel>
  );
}
