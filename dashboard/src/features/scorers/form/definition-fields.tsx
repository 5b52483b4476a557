import { CodeEditor } from '../../../ui/editor/code-editor';
import { FormField } from '../../../ui/form/form';
import { CheckFields } from './check-fields';
import { JudgeFields } from './judge-fields';
import { ScaleFields } from './scale-fields';
import type { ScorerDraft } from './scorer-draft';
import { ThresholdField } from './threshold-field';

/** Asks for the definition of a scorer, in the fields of its kind. */
export function DefinitionFields({
  draft,
  onChange,
}: {
  readonly draft: ScorerDraft;
  readonly onChange: (change: Partial<ScorerDraft>) => void;
}) {
  switch (draft.kind) {
    case 'check':
      return <CheckFields draft={draft} onChange={onChange} />;
    case 'code':
      return (
        <>
          <FormField
            label="JavaScript"
            pointer="/source"
            hint="One function that returns {value, label?, explanation?}. It runs in a sandbox, without network, files and clock."
          >
            {(field) => (
              <CodeEditor
                label="JavaScript"
                isPlain
                field={field}
                value={draft.source}
                onChange={(source) => onChange({ source })}
              />
            )}
          </FormField>
          <ThresholdField value={draft.threshold} onChange={(threshold) => onChange({ threshold })} />
        </>
      );
    case 'judge':
      return <JudgeFields draft={draft} onChange={onChange} />;
    case 'human':
      return <ScaleFields draft={draft} onChange={onChange} />;
  }
}
