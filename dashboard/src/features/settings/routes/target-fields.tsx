import type { Model } from '@prompt-ledger/client';
import { X } from 'lucide-react';
import { Button } from '../../../ui/controls/button';
import { Input, Select } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { newTarget, type TargetDraft } from './target-drafts';

const MOST = 16;

/** Asks for the models of a route, in order. */
export function TargetFields({
  targets,
  models,
  hasWeights,
  onChange,
}: {
  readonly targets: readonly TargetDraft[];
  readonly models: readonly Model[];
  readonly hasWeights: boolean;
  readonly onChange: (targets: readonly TargetDraft[]) => void;
}) {
  const set = (key: number, change: Partial<TargetDraft>) =>
    onChange(targets.map((target) => (target.key === key ? { ...target, ...change } : target)));
  return (
    <div className="grid gap-2">
      {targets.map(({ key, model, weight }, at) => (
        <div key={key} className="flex items-start gap-2">
          <div className="min-w-0 grow">
            <FormField label={`Model ${at + 1}`} pointer={`/targets/${at}`}>
              {(props) => (
                <Select
                  {...props}
                  className="w-full"
                  value={model}
                  onChange={({ target }) => set(key, { model: target.value })}
                >
                  <option value="">choose one</option>
                  {model !== '' && !models.some(({ id }) => id === model) && <option>{model}</option>}
                  {models.map(({ id }) => (
                    <option key={id}>{id}</option>
                  ))}
                </Select>
              )}
            </FormField>
          </div>
          {hasWeights && (
            <div className="w-[84px]">
              <FormField label="Weight">
                {(props) => (
                  <Input
                    {...props}
                    type="number"
                    min={1}
                    max={1_000}
                    required
                    value={weight}
                    onChange={({ target }) => set(key, { weight: target.value })}
                  />
                )}
              </FormField>
            </div>
          )}
          <Button
            tone="ghost"
            className="mt-[21px]"
            aria-label={`Take model ${at + 1} out`}
            title="Take it out"
            disabled={targets.length === 1}
            onClick={() => onChange(targets.filter((target) => target.key !== key))}
          >
            <X size={14} aria-hidden />
          </Button>
        </div>
      ))}
      <div>
        <Button disabled={targets.length >= MOST} onClick={() => onChange([...targets, newTarget()])}>
          Add a model
        </Button>
      </div>
    </div>
  );
}
