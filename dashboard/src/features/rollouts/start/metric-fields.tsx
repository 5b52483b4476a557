import { X } from 'lucide-react';
import { Button } from '../../../ui/controls/button';
import { Input, Select } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { hasKind, type MetricDraft } from './metric-drafts';

/** Asks for a metric, which direction is better, and how much worse is still allowed. */
export function MetricFields({
  title,
  pointer,
  draft,
  onChange,
  onRemove,
}: {
  readonly title: string;
  /** JSON pointer to the metric in the request, by which errors find their field. */
  readonly pointer: string;
  readonly draft: MetricDraft;
  readonly onChange: (draft: MetricDraft) => void;
  /** Null for a metric that is required. */
  readonly onRemove: (() => void) | null;
}) {
  const set = (change: Partial<MetricDraft>) => onChange({ ...draft, ...change });
  return (
    <fieldset className="m-0 grid min-w-0 grid-cols-2 items-start gap-3 rounded-md border p-3 md:grid-cols-[1.6fr_1fr_1fr_1fr_32px]">
      <legend className="px-1 text-[12px] text-ink-2">{title}</legend>
      <FormField label="Metric" pointer={`${pointer}/metric`}>
        {(props) => (
          <Input
            {...props}
            required
            list="metrics-to-choose"
            value={draft.metric}
            onChange={({ target }) => set({ metric: target.value })}
          />
        )}
      </FormField>
      <FormField label="Better is" pointer={`${pointer}/direction`}>
        {(props) => (
          <Select
            {...props}
            className="w-full"
            value={draft.direction}
            onChange={({ target }) => set({ direction: target.value as MetricDraft['direction'] })}
          >
            <option value="">as for this metric</option>
            <option value="up">up</option>
            <option value="down">down</option>
          </Select>
        )}
      </FormField>
      <FormField label="Worse at most by, %" pointer={`${pointer}/max_regression`}>
        {(props) => (
          <Input
            {...props}
            type="number"
            min={0}
            max={10_000}
            step="any"
            placeholder="0"
            value={draft.regression}
            onChange={({ target }) => set({ regression: target.value })}
          />
        )}
      </FormField>
      {hasKind(draft) ? (
        <FormField label="It is" pointer={`${pointer}/kind`}>
          {(props) => (
            <Select
              {...props}
              className="w-full"
              value={draft.kind}
              onChange={({ target }) => set({ kind: target.value as MetricDraft['kind'] })}
            >
              <option value="">as recorded</option>
              <option value="yes_no">yes or no</option>
              <option value="number">a number</option>
            </Select>
          )}
        </FormField>
      ) : (
        <span className="hidden md:block" />
      )}
      {onRemove !== null && (
        <Button
          tone="ghost"
          className="mt-[21px]"
          aria-label={`Take ${title.toLowerCase()} out`}
          title="Take it out"
          onClick={onRemove}
        >
          <X size={14} aria-hidden />
        </Button>
      )}
    </fieldset>
  );
}
