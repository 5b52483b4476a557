import { X } from 'lucide-react';
import { Button } from '../../../ui/controls/button';
import { Input, Select } from '../../../ui/controls/field';
import { Checkbox, FormField } from '../../../ui/form/form';
import type { LabelDraft, ScorerDraft } from './scorer-draft';
import { ThresholdField } from './threshold-field';

const MOST_LABELS = 50;

/** Asks for the answers that a judge or a person may give: labels, or the numbers of a range. */
export function ScaleFields({
  draft,
  onChange,
}: {
  readonly draft: ScorerDraft;
  readonly onChange: (change: Partial<ScorerDraft>) => void;
}) {
  const hasDefault = draft.kind === 'judge';
  return (
    <>
      <FormField label="The verdict is" pointer="/labels">
        {(props) => (
          <Select
            {...props}
            className="w-[min(260px,100%)]"
            value={draft.scale}
            onChange={({ target }) => onChange({ scale: target.value === 'labels' ? 'labels' : 'range' })}
          >
            <option value="labels">a label</option>
            <option value="range">a number</option>
          </Select>
        )}
      </FormField>
      {draft.scale === 'labels' ? (
        <LabelFields labels={draft.labels} onChange={(labels) => onChange({ labels })} />
      ) : (
        <>
          <div className="grid gap-3 md:grid-cols-2">
            {(['min', 'max'] as const).map((end) => (
              <FormField
                key={end}
                label={end === 'min' ? 'From' : 'To'}
                pointer={`/${end}`}
                {...(hasDefault ? { hint: `Empty: ${end === 'min' ? 0 : 1}` } : {})}
              >
                {(props) => (
                  <Input
                    {...props}
                    inputMode="decimal"
                    required={!hasDefault}
                    value={draft[end]}
                    onChange={({ target }) => onChange({ [end]: target.value })}
                  />
                )}
              </FormField>
            ))}
          </div>
          <ThresholdField value={draft.threshold} onChange={(threshold) => onChange({ threshold })} />
        </>
      )}
    </>
  );
}

function LabelFields({
  labels,
  onChange,
}: {
  readonly labels: readonly LabelDraft[];
  readonly onChange: (labels: readonly LabelDraft[]) => void;
}) {
  const set = (at: number, change: Partial<LabelDraft>) =>
    onChange(labels.map((label, index) => (index === at ? { ...label, ...change } : label)));
  return (
    <div className="grid gap-2">
      {labels.map(({ label, passes }, at) => (
        // Labels have no identity except their position.
        <div key={`${at}`} className="flex flex-wrap items-end gap-x-3 gap-y-1">
          <div className="w-[min(260px,100%)]">
            <FormField label={`Label ${at + 1}`}>
              {(props) => (
                <Input
                  {...props}
                  maxLength={100}
                  value={label}
                  onChange={({ target }) => set(at, { label: target.value })}
                />
              )}
            </FormField>
          </div>
          <div className="pb-1.5">
            <Checkbox
              label={
                <>
                  passes<span className="sr-only">{`, label ${at + 1}`}</span>
                </>
              }
              checked={passes}
              onChange={(isPassing) => set(at, { passes: isPassing })}
            />
          </div>
          <Button
            tone="ghost"
            aria-label={`Take label ${at + 1} out`}
            title="Take it out"
            disabled={labels.length === 1}
            onClick={() => onChange(labels.filter((_label, index) => index !== at))}
          >
            <X size={14} aria-hidden />
          </Button>
        </div>
      ))}
      <div>
        <Button
          disabled={labels.length >= MOST_LABELS}
          onClick={() => onChange([...labels, { label: '', passes: false }])}
        >
          Add a label
        </Button>
      </div>
    </div>
  );
}
