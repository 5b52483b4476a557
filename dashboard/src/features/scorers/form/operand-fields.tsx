import type { CheckName } from '@prompt-ledger/client';
import { Input, Select, TextArea } from '../../../ui/controls/field';
import { JsonField } from '../../../ui/editor/json-part-fields';
import { FormField } from '../../../ui/form/form';
import { CHECKS, type Operand } from './checks';
import { operandOf, type ScorerDraft } from './scorer-draft';

const OPERANDS: Readonly<Record<Operand, string>> = {
  expected: 'the expected answer',
  text: 'a text',
  json: 'JSON',
};

/** The words for operands that mean something else for a check. */
const OWN_TITLES: Readonly<Partial<Record<CheckName, Partial<Record<Operand, string>>>>> = {
  regex: { text: 'a pattern' },
  tool_called: { text: 'one tool', json: 'several tools, as JSON' },
  max_latency_ms: { json: 'a time' },
  max_cost_usd: { text: 'an amount', json: 'a number, as JSON' },
};

/** The labels of values that fit one line. Any other text may have several. */
const SHORT: Readonly<Partial<Record<CheckName, string>>> = {
  regex: 'Pattern',
  tool_called: 'Tool',
  max_latency_ms: 'Milliseconds',
  max_cost_usd: 'US dollars',
};

const HINTS: Readonly<Partial<Record<CheckName, string>>> = {
  regex: 'In the syntax of RE2; (?i) ignores case',
};

const EXAMPLES: Readonly<Partial<Record<CheckName, string>>> = {
  json_schema: '{"type": "object", "required": ["intent"]}',
  tool_called: '["find_order", "refund"]',
};

/** Asks what a check compares with. */
export function OperandFields({
  draft,
  onChange,
}: {
  readonly draft: ScorerDraft;
  readonly onChange: (change: Partial<ScorerDraft>) => void;
}) {
  const { check } = draft;
  const operand = operandOf(draft);
  const { operands } = CHECKS[check];
  if (operand === null) return null;
  return (
    <>
      {operands.length > 1 && (
        <FormField label="Compare with">
          {(props) => (
            <Select
              {...props}
              className="w-[min(260px,100%)]"
              value={operand}
              onChange={({ target }) => onChange({ operand: target.value as Operand })}
            >
              {operands.map((each) => (
                <option key={each} value={each}>
                  {OWN_TITLES[check]?.[each] ?? OPERANDS[each]}
                </option>
              ))}
            </Select>
          )}
        </FormField>
      )}
      {operand !== 'expected' && <ValueField operand={operand} draft={draft} onChange={onChange} />}
    </>
  );
}

function ValueField({
  operand,
  draft: { check, text, json },
  onChange,
}: {
  readonly operand: 'text' | 'json';
  readonly draft: ScorerDraft;
  readonly onChange: (change: Partial<ScorerDraft>) => void;
}) {
  if (operand === 'json' && check !== 'max_latency_ms') {
    return (
      <JsonField
        title={check === 'json_schema' ? 'JSON Schema' : 'Value'}
        example={EXAMPLES[check] ?? '{"intent": "refund"}'}
        pointer="/value"
        text={json}
        onChange={(typed) => onChange({ json: typed })}
      />
    );
  }
  const short = SHORT[check];
  const value = operand === 'json' ? json : text;
  const onType = (typed: string) => onChange(operand === 'json' ? { json: typed } : { text: typed });
  return (
    <FormField label={short ?? 'Text'} pointer="/value" hint={HINTS[check]}>
      {(props) =>
        short === undefined ? (
          <TextArea
            {...props}
            rows={Math.min(14, Math.max(2, value.split('\n').length))}
            value={value}
            onChange={({ target }) => onType(target.value)}
          />
        ) : (
          <Input
            {...props}
            className="mono"
            required
            value={value}
            onChange={({ target }) => onType(target.value)}
          />
        )
      }
    </FormField>
  );
}
