import { compactJson, readJson } from '../../../api/json-text';
import { CHECK_NAMES } from './checks';
import { isComplete, NEW_SCORER, operandOf, readDraft, toDraft } from './scorer-draft';

/** Reads a definition as the client does, and writes what the form would send for it. */
function roundTrip(kind: Parameters<typeof toDraft>[0], definition: string): string {
  const read = readJson(definition) as Readonly<Record<string, unknown>>;
  return compactJson(readDraft(toDraft(kind, read)));
}

describe('the draft of a scorer', () => {
  it('sends an existing definition as it was, with its digits', () => {
    const definitions = [
      ['check', '"check":"contains","value":"refund"'],
      ['check', '"check":"equals"'],
      ['check', '"check":"equals","value":12345678901234567890,"path":" a/0"'],
      ['check', '"check":"equals","value":"1","negate":true'],
      ['check', '"check":"json_schema","value":true'],
      ['check', '"check":"tool_called","value":["find_order"]'],
      ['check', '"check":"max_cost_usd","value":0.010'],
      ['check', '"check":"max_cost_usd","value":"0.01"'],
      ['check', '"check":"levenshtein","threshold":0.90'],
      ['code', '"source":"() => ({ value: 1 })\\n","threshold":3'],
      [
        'judge',
        '"prompt_name":"judge/faithful","version_number":2,"model":"openai/gpt-4o-mini","params":{"temperature":0.10},"min":1,"max":5,"threshold":4',
      ],
      ['human', '"labels":{"good ":true,"10":false,"2":false,"a \\"b\\":true":true}'],
      ['human', '"min":1,"max":5,"threshold":3.50'],
    ] as const;
    for (const [kind, members] of definitions) {
      const sent = `{"kind":"${kind}",${members}}`;
      const stored = sent.replace(
        '"model":"openai/gpt-4o-mini"',
        '"model":{"provider":"openai","model_name":"gpt-4o-mini"}',
      );
      expect(roundTrip(kind, stored)).toBe(sent);
    }
  });

  it('sends the members of its kind only, and keeps what was typed for another', () => {
    const typed = { ...NEW_SCORER, text: 'refund', path: '/a', source: '() => 1', prompt: 'judge' };
    expect(readDraft(typed)).toEqual({ kind: 'check', check: 'contains', value: 'refund', path: '/a' });
    expect(readDraft({ ...typed, check: 'tool_called' })).toEqual({
      kind: 'check',
      check: 'tool_called',
      value: 'refund',
    });
    expect(readDraft({ ...typed, check: 'is_refusal' })).toEqual({
      kind: 'check',
      check: 'is_refusal',
      path: '/a',
    });
    expect(readDraft({ ...typed, kind: 'code' })).toEqual({ kind: 'code', source: '() => 1' });
    expect(readDraft({ ...typed, kind: 'judge', scale: 'range' })).toEqual({
      kind: 'judge',
      prompt_name: 'judge',
    });
  });

  it('takes an operand that the check does not have as its first one', () => {
    for (const check of CHECK_NAMES) {
      const operand = operandOf({ ...NEW_SCORER, check, operand: 'json' });
      expect([check, operand === null]).toEqual([check, ['json_valid', 'is_refusal'].includes(check)]);
    }
    expect(operandOf({ ...NEW_SCORER, check: 'starts_with', operand: 'json' })).toBe('text');
  });

  it('leaves out labels without a name, and refuses one that is there twice', () => {
    const labels = [
      { label: 'good', passes: true },
      { label: ' ', passes: false },
      { label: 'bad', passes: false },
    ];
    expect(readDraft({ ...NEW_SCORER, kind: 'human', labels })).toEqual({
      kind: 'human',
      labels: { good: true, bad: false },
    });
    const twice = [...labels, { label: 'good', passes: false }];
    expect(() => readDraft({ ...NEW_SCORER, kind: 'human', labels: twice })).toThrow('good');
  });

  it('reads numbers as a browser does, and refuses what is none', () => {
    const human = { ...NEW_SCORER, kind: 'human', scale: 'range', max: '5' } as const;
    expect(compactJson(readDraft({ ...human, min: ' .5 ' }))).toBe('{"kind":"human","min":0.5,"max":5}');
    expect(compactJson(readDraft({ ...human, min: '0.50' }))).toBe('{"kind":"human","min":0.50,"max":5}');
    expect(() => readDraft({ ...human, min: 'low' })).toThrow('/min must be a number such as 0.5.');
  });

  it('names the place of an error in what was typed as JSON', () => {
    const draft = { ...NEW_SCORER, operand: 'json', json: '{"a": }' } as const;
    expect(() => readDraft(draft)).toThrow(/line 1/);
  });

  it('is complete once everything required is there', () => {
    expect(isComplete(NEW_SCORER)).toBe(false);
    expect(isComplete({ ...NEW_SCORER, operand: 'expected' })).toBe(true);
    expect(isComplete({ ...NEW_SCORER, check: 'is_refusal' })).toBe(true);
    expect(isComplete({ ...NEW_SCORER, check: 'json_schema' })).toBe(false);
    expect(isComplete({ ...NEW_SCORER, kind: 'code', source: ' ' })).toBe(false);
    expect(isComplete({ ...NEW_SCORER, kind: 'judge', prompt: 'judge' })).toBe(true);
    expect(isComplete({ ...NEW_SCORER, kind: 'human', scale: 'range', min: '1' })).toBe(false);
  });
});
