import { parseEvalFile } from './eval-file.js';

const WHOLE = `
name: summaries, shorter
dataset: tickets
candidates:
  - {label: a, prompt_name: doc_summarizer, version_number: 1, model: echo/echo}
  - {label: b, prompt_name: doc_summarizer}
scorers:
  - short
  - name: faithful
    version_number: 2
  - name: mentions
    kind: check
    check: contains
    value: 0
max_cost_usd: 2.50
gate:
  baseline: a
  candidate: b
  max_drop: 0.03
  scorers: [short, {name: faithful, max_drop: 0.1, max_errors: 2}]
`;

describe('parseEvalFile', () => {
  it('reads the experiment, the scorers that it defines, and the gate', () => {
    expect(parseEvalFile(WHOLE, 'eval.yaml')).toEqual({
      request: {
        name: 'summaries, shorter',
        dataset: { name: 'tickets' },
        candidates: [
          { label: 'a', prompt_name: 'doc_summarizer', version_number: 1, model: 'echo/echo' },
          { label: 'b', prompt_name: 'doc_summarizer' },
        ],
        scorers: [{ name: 'short' }, { name: 'faithful', version_number: 2 }, { name: 'mentions' }],
        max_cost_usd: '2.5',
      },
      definitions: [{ name: 'mentions', definition: { kind: 'check', check: 'contains', value: 0 } }],
      gate: {
        baseline: 'a',
        candidate: 'b',
        rules: [
          { scorer: 'short', maxDrop: 0.03, maxErrors: 0 },
          { scorer: 'faithful', maxDrop: 0.1, maxErrors: 2 },
        ],
      },
    });
  });

  it('has all scorers in the gate where it names none, and no gate where there is none', () => {
    const file = (gate: string) =>
      `{dataset: d, candidates: [{label: a}, {label: b}], scorers: [x, y]${gate}}`;
    const gate = ', gate: {baseline: a, candidate: b, max_drop: 1}';
    expect(parseEvalFile(file(gate), 'f').gate?.rules.map(({ scorer }) => scorer)).toEqual(['x', 'y']);
    expect(parseEvalFile(file(''), 'f').gate).toBeNull();
  });

  it.each([
    ['{', /f: /],
    ['[]', /must be a mapping/],
    ['{dataset: d, candidates: []}', /scorers must be a list/],
    ['{dataset: d, candidates: [], scorers: [s], metric: x}', /metric is not known/],
    ['{dataset: d, scorers: [{name: s, threshold: 0}]}', /scorers\[0\].threshold: 0 would always pass/],
    ['{dataset: d, scorers: [{name: s, weight: 0}]}', /weight: 0 would always pass/],
    ['{dataset: d, scorers: [{name: s, weight: 1}]}', /weight is not known/],
    ['{dataset: d, scorers: [s], pass_threshold: 0}', /pass_threshold: 0 would always pass/],
    ['{dataset: d, scorers: [s], gate: {baseline: a, candidate: b}}', /max_drop must be a number above 0/],
    ['{dataset: d, scorers: [s], gate: {baseline: a, candidate: b, max_drop: 0}}', /above 0/],
    ['{dataset: d, scorers: [s], gate: {baseline: a, candidate: b, max_drop: -1}}', /above 0/],
    ['{dataset: d, scorers: [s], gate: {candidate: b, max_drop: 1}}', /gate.baseline/],
    ['{dataset: d, scorers: [s], gate: {baseline: a, candidate: b, max_drop: 1, scorer: t}}', /not among/],
    [
      '{candidates: [{label: a}], scorers: [s], gate: {baseline: a, candidate: b, max_drop: 1}}',
      /gate.candidate: b is not among the candidates/,
    ],
    [
      '{candidates: [{label: b}, x], scorers: [s], gate: {baseline: a, candidate: b, max_drop: 1}}',
      /gate.baseline: a is not among/,
    ],
    ['{dataset: d, scorers: [s], gate: {baseline: a, candidate: a, max_drop: 1}}', /must be two/],
    [
      '{dataset: d, scorers: [s], gate: {baseline: a, candidate: b, max_drop: 1, max_errors: -1}}',
      /whole number/,
    ],
  ])('refuses %s', (text, message) => {
    expect(() => parseEvalFile(text, 'f')).toThrow(message);
  });
});
