import { X } from 'lucide-react';
import { Button } from '../../../ui/controls/button';
import { Input } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { Panel } from '../../../ui/panel';
import { newStep, type StepDraft } from './metric-drafts';

const MOST_STEPS = 20;

/** Asks for the shares that the candidate gets, one after another. */
export function StepsFields({
  steps,
  onChange,
}: {
  readonly steps: readonly StepDraft[];
  readonly onChange: (steps: readonly StepDraft[]) => void;
}) {
  const set = (step: StepDraft, change: Partial<StepDraft>) =>
    onChange(steps.map((each) => (each === step ? { ...step, ...change } : each)));
  return (
    <Panel title="Steps" note="more in each one; the last has no end">
      <div className="grid gap-3 p-3.5">
        <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
          {steps.map((step, at) => (
            <fieldset
              key={step.key}
              className="m-0 grid min-w-0 grid-cols-[1fr_1fr_32px] items-start gap-3 rounded-md border p-3"
            >
              <legend className="px-1 text-[12px] text-ink-2">{`Step ${at + 1}`}</legend>
              <FormField label="Candidate, %" pointer={`/steps/${at}/percent`}>
                {(props) => (
                  <Input
                    {...props}
                    type="number"
                    min={1}
                    max={50}
                    step="0.01"
                    required
                    value={step.percent}
                    onChange={({ target }) => set(step, { percent: target.value })}
                  />
                )}
              </FormField>
              <FormField label="Holds, min" pointer={`/steps/${at}/hold_min`}>
                {(props) => (
                  <Input
                    {...props}
                    type="number"
                    min={0}
                    max={525_600}
                    step="any"
                    placeholder="0"
                    value={step.holdMin}
                    onChange={({ target }) => set(step, { holdMin: target.value })}
                  />
                )}
              </FormField>
              {steps.length > 1 && (
                <Button
                  tone="ghost"
                  className="mt-[21px]"
                  aria-label={`Take step ${at + 1} out`}
                  title="Take it out"
                  onClick={() => onChange(steps.filter((each) => each !== step))}
                >
                  <X size={14} aria-hidden />
                </Button>
              )}
            </fieldset>
          ))}
        </div>
        <div>
          <Button
            disabled={steps.length >= MOST_STEPS}
            onClick={() => onChange([...steps, newStep(nextPercent(steps))])}
          >
            Add a step
          </Button>
        </div>
      </div>
    </Panel>
  );
}

function nextPercent(steps: readonly StepDraft[]): string {
  const last = Number(steps.at(-1)?.percent ?? 0);
  return String(Math.min(50, Math.max(1, Math.round(last * 2))));
}
