import type { CheckDefinition } from '../scorer-definition.js';
import type { ScorableAnswer } from '../scorable-answer.js';
import { runCheck } from './run-check.js';

const ANSWER: ScorableAnswer = {
  executionId: '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10',
  variablesJson: '{}',
  expectedJson: null,
  responseText: '',
  toolCalls: [],
  isMasked: false,
  telemetry: {
    latencyMs: 812,
    promptTokens: 12,
    responseTokens: 5,
    costPicoUsd: '1500000000',
    finishReason: 'stop',
  },
};

type Checked = Pick<CheckDefinition, 'check'> & Partial<CheckDefinition>;

function run(definition: Checked, answer: Partial<ScorableAnswer> | string) {
  const whole = { kind: 'check', valueJson: null, path: null, negate: false, threshold: null } as const;
  const given = typeof answer === 'string' ? { responseText: answer } : answer;
  return runCheck({ ...whole, ...definition }, { ...ANSWER, ...given });
}

function valueFor(definition: Checked, answer: Partial<ScorableAnswer> | string): number | string {
  const found = run(definition, answer);
  return found.kind === 'error' ? found.type : found.value;
}

describe('a check', () => {
  it.each<[string, Checked, string, number]>([
    ['equals', { check: 'equals', valueJson: '"Paris"' }, 'Paris', 1],
    ['equals, exactly', { check: 'equals', valueJson: '"Paris"' }, 'Paris\n', 0],
    ['equals as JSON', { check: 'equals', valueJson: '{"a":[1,2]}' }, ' {"a": [1, 2]} ', 1],
    [
      'equals whatever the order of keys',
      { check: 'equals', valueJson: '{"a":1,"b":2}' },
      '{"b":2,"a":1.0}',
      1,
    ],
    [
      'equals exact numbers',
      { check: 'equals', valueJson: '12345678901234567890' },
      '12345678901234567891',
      0,
    ],
    ['equals numbers however they are written', { check: 'equals', valueJson: '1.10' }, '110e-2', 1],
    ['equals no text that is not JSON', { check: 'equals', valueJson: '1' }, 'one', 0],
    ['equals the JSON null', { check: 'equals', valueJson: 'null' }, 'null', 1],
    ['equals at a pointer', { check: 'equals', valueJson: '2', path: '/a/1/b~1c' }, '{"a":[0,{"b/c":2}]}', 1],
    ['equals at a path', { check: 'equals', valueJson: '"x"', path: 'a[1].b' }, '{"a":[0,{"b":"x"}]}', 1],
    ['equals where there is nothing', { check: 'equals', valueJson: '1', path: 'a.b' }, '{"a":1}', 0],
    ['equals own members only', { check: 'equals', valueJson: '1', path: 'constructor' }, '{}', 0],
    ['equals in what is no JSON', { check: 'equals', valueJson: '1', path: 'a' }, 'no', 0],
    ['contains', { check: 'contains', valueJson: '"fund"' }, 'a refund', 1],
    ['contains, by case', { check: 'contains', valueJson: '"Fund"' }, 'a refund', 0],
    ['contains a number in no prose', { check: 'contains', valueJson: '42' }, 'It is 42.', 0],
    ['contains a number that is the answer', { check: 'contains', valueJson: '42' }, ' 42.0 ', 1],
    ['contains no digit of a number', { check: 'contains', valueJson: '5' }, '15', 0],
    ['contains a text that looks like a number', { check: 'contains', valueJson: '"42"' }, 'It is 42.', 1],
    ['contains null in a list', { check: 'contains', valueJson: 'null' }, '[1,null]', 1],
    ['contains no text in a number', { check: 'contains', valueJson: '"5"', path: 'a' }, '{"a":[15]}', 0],
    ['contains an element', { check: 'contains', valueJson: '{"a":1}' }, '[{"a":1.0},2]', 1],
    ['contains members', { check: 'contains', valueJson: '{"a":1}' }, '{"b":2,"a":1}', 1],
    ['contains no other members', { check: 'contains', valueJson: '{"a":2}' }, '{"b":2,"a":1}', 0],
    [
      'contains an element at a path',
      { check: 'contains', valueJson: '"x"', path: '/tags' },
      '{"tags":["y","x"]}',
      1,
    ],
    ['starts with', { check: 'starts_with', valueJson: '"Dear"' }, 'Dear Sir', 1],
    ['starts otherwise', { check: 'starts_with', valueJson: '"Sir"' }, 'Dear Sir', 0],
    ['regex', { check: 'regex', valueJson: '"^\\\\d{4}-\\\\d\\\\d$"' }, '2026-11', 1],
    ['regex anywhere', { check: 'regex', valueJson: '"(?i)REFUND"' }, 'a refund', 1],
    [
      'regex that a backtracking engine would not end',
      { check: 'regex', valueJson: '"^(a+)+$"' },
      `${'a'.repeat(50_000)}b`,
      0,
    ],
    ['JSON', { check: 'json_valid' }, '{"a":1}', 1],
    ['no JSON', { check: 'json_valid' }, '{"a":1', 0],
    ['JSON as a text in JSON', { check: 'json_valid', path: 'a' }, '{"a":"{}"}', 1],
    ['the same text', { check: 'levenshtein', valueJson: '"kitten"' }, 'kitten', 1],
    ['no text at all', { check: 'levenshtein', valueJson: '""' }, '', 1],
    ['a like text', { check: 'levenshtein', valueJson: '"kitten"' }, 'sitting', 1 - 3 / 7],
    ['characters of two units', { check: 'levenshtein', valueJson: '"😀a"' }, '😁a', 0.5],
    ['an answer', { check: 'is_refusal' }, 'Paris is the capital of France.', 0],
    ['a refusal', { check: 'is_refusal' }, "I'm sorry, but I can't help with that.", 1],
    ['a refusal by another name', { check: 'is_refusal' }, 'I cannot assist with this request.', 1],
  ])('finds %s', (_what, definition, text, value) => {
    expect(valueFor(definition, text)).toBeCloseTo(value, 12);
  });

  it('compares with what is expected where it has no value of its own', () => {
    expect(valueFor({ check: 'equals' }, { responseText: 'Paris', expectedJson: '"Paris"' })).toBe(1);
    expect(valueFor({ check: 'equals' }, { responseText: '{"a":1.50}', expectedJson: '{"a":1.5}' })).toBe(1);
    expect(
      valueFor({ check: 'equals', valueJson: '"Rome"' }, { responseText: 'Rome', expectedJson: '"x"' }),
    ).toBe(1);
    expect(valueFor({ check: 'equals' }, 'Paris')).toBe('expected_unusable');
    expect(valueFor({ check: 'levenshtein' }, { responseText: 'x', expectedJson: '{}' })).toBe(
      'expected_unusable',
    );
    expect(valueFor({ check: 'starts_with' }, { responseText: '42 apples', expectedJson: '42' })).toBe(
      'expected_unusable',
    );
    expect(valueFor({ check: 'contains' }, { responseText: 'x 15 y', expectedJson: '5' })).toBe(0);
    expect(valueFor({ check: 'contains' }, { responseText: '[4, 5.0]', expectedJson: '5' })).toBe(1);
    expect(valueFor({ check: 'regex' }, { responseText: 'x', expectedJson: '"("' })).toBe(
      'expected_unusable',
    );
    expect(valueFor({ check: 'max_latency_ms' }, { expectedJson: '"fast"' })).toBe('expected_unusable');
  });

  it('knows latency, cost and tools, and says so where nobody does', () => {
    const { telemetry } = ANSWER;
    const toolCalls = [{ id: '1', name: 'search', arguments: '{}' }];
    expect(valueFor({ check: 'max_latency_ms', valueJson: '812' }, {})).toBe(1);
    expect(valueFor({ check: 'max_latency_ms', valueJson: '811.5' }, {})).toBe(0);
    expect(valueFor({ check: 'max_cost_usd', valueJson: '0.0015' }, {})).toBe(1);
    expect(valueFor({ check: 'max_cost_usd', valueJson: '"0.001499999999"' }, {})).toBe(0);
    expect(valueFor({ check: 'tool_called', valueJson: '"search"' }, { toolCalls })).toBe(1);
    expect(valueFor({ check: 'tool_called', valueJson: '["search","buy"]' }, { toolCalls })).toBe(0);
    const unknown = { telemetry: { ...telemetry, latencyMs: null, costPicoUsd: null } };
    expect(valueFor({ check: 'max_latency_ms', valueJson: '1' }, unknown)).toBe('telemetry_missing');
    expect(valueFor({ check: 'max_cost_usd', valueJson: '1', negate: true }, unknown)).toBe(
      'telemetry_missing',
    );
    const filtered = { telemetry: { ...telemetry, finishReason: 'content_filter' } };
    expect(valueFor({ check: 'is_refusal' }, filtered)).toBe(1);
  });

  it.each(['contains', 'starts_with', 'regex'] as const)(
    'cannot tell by %s when an empty text is expected, which every answer would pass',
    (check) => {
      for (const negate of [false, true]) {
        expect(valueFor({ check, negate }, { responseText: 'x', expectedJson: '""' })).toBe(
          'expected_unusable',
        );
      }
      expect(valueFor({ check: 'levenshtein' }, { responseText: 'x', expectedJson: '""' })).toBe(0);
    },
  );

  it('can be turned round, and an error stays one', () => {
    expect(valueFor({ check: 'contains', valueJson: '"x"', negate: true }, 'abc')).toBe(1);
    expect(valueFor({ check: 'contains', valueJson: '"a"', negate: true }, 'abc')).toBe(0);
    expect(valueFor({ check: 'levenshtein', valueJson: '"kitten"', negate: true }, 'sitting')).toBeCloseTo(
      3 / 7,
    );
    expect(valueFor({ check: 'equals', negate: true }, 'abc')).toBe('expected_unusable');
  });

  it('refuses to compare what would take minutes, and compares long texts that are alike', () => {
    const [one, other] = ['ab'.repeat(250_000), 'cd'.repeat(250_000)];
    expect(valueFor({ check: 'levenshtein', valueJson: JSON.stringify(one) }, other)).toBe('too_long');
    expect(valueFor({ check: 'levenshtein', valueJson: JSON.stringify(one) }, `${one}x`)).toBeCloseTo(
      1 - 1 / 500_001,
      12,
    );
  });

  it('reads no structure that is nested without end', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(valueFor({ check: 'equals', valueJson: '[]' }, deep)).toBe(0);
    expect(valueFor({ check: 'json_valid' }, deep)).toBe(1);
  });
});
