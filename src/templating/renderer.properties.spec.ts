import fc from 'fast-check';
import { Liquid } from 'liquidjs';
import { LedgerError } from '../kernel/index.js';
import { RENDERER, rendererFor } from './index.js';

/** fast-check prints the seed and path of a failure; add both to these options to reproduce it. */
const RUNS = { numRuns: 1_500 };

const renderer = rendererFor(RENDERER);
const CODES = [
  'TEMPLATE_INVALID',
  'TEMPLATE_VARIABLES_MISSING',
  'RENDERED_PROMPT_TOO_LARGE',
  'VALIDATION_FAILED',
];

/** Any whole characters, from NUL to astral planes. */
const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const storableText = anyText.map((text) => text.replaceAll('\0', ''));

function render(templateSource: string, variables: Record<string, unknown>): string {
  const rendered = renderer.compile({ kind: 'text', templateSource }).render(variables);
  return rendered.kind === 'text' ? rendered.text : '';
}

function outcome(source: string, variables: Record<string, unknown>): string {
  try {
    return `rendered: ${render(source, variables)}`;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return `${error.code} ${error.message} ${JSON.stringify(error.errors)}`;
  }
}

const NAMES = [
  'a',
  'b',
  'c.d',
  'l',
  'l[0]',
  'o["x"]',
  'i',
  'forloop.index',
  '__proto__',
  'constructor',
  'o.toString',
];
const PIECES = [
  ...'{{|}}|{%|%}|{{-|-%}|}|"|\'|[|]|(|)|..|.|,|:|=|\\|\n|\r\n|\u00a0|😀|e\u0301'.split('|'),
  ...[
    '|',
    ' | ',
    ' == ',
    ' and ',
    ' contains ',
    ' not ',
    '1',
    '-2.5',
    '(1..3)',
    'nil',
    'empty',
    'true',
    'x y',
    '\ud83d',
  ],
  ...NAMES.map((name) => `{{ ${name} }}`),
  ...['upcase', 'default: "z"', 'split: ""', 'json', 'first', 'map: "x"', 'plus: 1', 'nope'].map(
    (f) => `{{ a | ${f} }}`,
  ),
  ...[
    'if a',
    'elsif b',
    'else',
    'endif',
    'unless a',
    'endunless',
    'for i in l',
    'endfor',
    'break',
    'case a',
    'when 1',
  ],
  ...[
    'endcase',
    'assign b = a',
    'capture a',
    'endcapture',
    'raw',
    'endraw',
    'comment',
    'endcomment',
    'include "x"',
  ],
].map((piece) => (/^[a-z]{2,}( |$)/.test(piece) && piece !== 'nil' ? `{% ${piece} %}` : piece));

const anyTemplate = fc.oneof(
  anyText,
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `{{ ${text} }}`),
  fc
    .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })), { maxLength: 25 })
    .map((all) => all.join('')),
);

const anyVariables = fc.dictionary(
  fc.oneof(fc.constantFrom('a', 'b', 'c', 'l', 'o', 'i', '__proto__', 'constructor', 'toJSON'), fc.string()),
  fc.oneof(
    fc.jsonValue(),
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
    }),
  ),
);

describe('for any template and variables', () => {
  it('the outcome is a text or a LedgerError that the contract knows, and the same again', () => {
    fc.assert(
      fc.property(anyTemplate, anyVariables, (source, variables) => {
        const first = outcome(source, variables);
        if (!first.startsWith('rendered: ')) expect(CODES).toContain(first.split(' ')[0]);
        expect(outcome(source, variables)).toBe(first);
      }),
      RUNS,
    );
  });

  it('what is rendered can be stored: no NUL, no half of a character', () => {
    fc.assert(
      fc.property(anyTemplate, fc.dictionary(storableText, fc.jsonValue()), (source, variables) => {
        const result = outcome(source, variables);
        if (result.startsWith('rendered: ')) expect(result).not.toMatch(/[\0\ud800-\udfff]/u);
      }),
      RUNS,
    );
  });

  it('text without braces is itself', () => {
    fc.assert(
      fc.property(storableText, (text) => {
        const source = text.replaceAll('{', '');
        expect(render(source, {})).toBe(source);
      }),
      RUNS,
    );
  });

  it('a string is put in as it is', () => {
    fc.assert(
      fc.property(storableText, storableText, storableText, (before, value, after) => {
        const [left, right] = [before.replaceAll('{', ''), after.replaceAll('{', '')];
        expect(render(`${left}{{ value }}${right}`, { value })).toBe(`${left}${value}${right}`);
      }),
      RUNS,
    );
  });

  it('a JSON value is put out as JSON.stringify has it, whatever its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify([value]);
        fc.pre(!/\\u0000|\\ud[89a-f]/i.test(json));
        expect(render('{{ value }}', JSON.parse(`{"value":${json}}`) as Record<string, unknown>)).toBe(
          JSON.stringify(JSON.parse(json)),
        );
      }),
      RUNS,
    );
  });
});

/** LiquidJS is the reference wherever Liquid's meaning is beyond doubt. */
describe('compared with LiquidJS', () => {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    lenientIf: true,
  });

  const { node } = fc.letrec<{ node: string; body: string }>((tie) => ({
    body: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('')),
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(
        'text ',
        '\n',
        ' {{- n -}} ',
        '{{ s }}',
        '{{ n }}',
        '{{ o.k }}',
        '{{ l[1] }}',
        '{{ l.size }}',
      ),
      fc
        .constantFrom(
          ...[
            's | upcase',
            's | append: n',
            's | replace: "b", "-"',
            's | slice: 1, 2',
            's | truncate: 4',
            's | split: "b" | join: "+"',
          ],
          ...[
            'l | join: ","',
            'l | first',
            'l | reverse | last',
            'l | concat: l | uniq | size',
            'us | map: "k" | join',
            'l | sum',
          ],
          ...[
            'n | plus: 2',
            'n | divided_by: 4',
            'n | modulo: 2',
            'n | times: -1 | abs',
            'absent | default: s',
            's | capitalize',
          ],
        )
        .map((expression) => `{{ ${expression} }}`),
      fc.constantFrom(
        '{% assign v = n | plus: 1 %}',
        '{% assign v = s %}',
        '{% capture v %}<{{ s }}>{% endcapture %}',
      ),
      fc.constant('{% raw %}{{ n }}{% endraw %}{% comment %}x{% endcomment %}'),
      fc
        .tuple(
          fc.constantFrom(
            'n > 2',
            's == "abc"',
            'absent',
            'not absent',
            'l contains 2',
            'n and absent or s',
            'o.k == nil',
            'e == empty',
            's contains "c" and n',
          ),
          fc.constantFrom('if', 'unless'),
          tie('body'),
          tie('body'),
        )
        .map(([test, tag, yes, no]) => `{%- ${tag} ${test} %}${yes}{% else -%}${no}{% end${tag} %}`),
      fc
        .tuple(
          fc.constantFrom('l', 'l reversed', 'l limit: 2', 'l offset: 1', '(1..n)', 'e', 'us'),
          tie('body'),
        )
        .map(
          ([items, body]) =>
            `{% for i in ${items} %}${body}{{ forloop.index }}{{ forloop.last }}{% if i == 2 %}{% break %}{% endif %}{% else %}none{% endfor %}`,
        ),
      fc
        .tuple(tie('body'), tie('body'))
        .map(([a, b]) => `{% case n %}{% when 1, 3 %}${a}{% when "x" or 3 %}y{% else %}${b}{% endcase %}`),
    ),
  }));

  it('a template of the common kind renders the same', () => {
    const variables = {
      s: 'abcabc',
      n: 3,
      l: [3, 1, 2],
      e: [],
      o: { k: 'v' },
      us: [{ k: 'x' }, { k: 'y' }],
      v: 'v',
    };
    fc.assert(
      fc.property(fc.array(node, { maxLength: 6 }), (nodes) => {
        const source = `${nodes.join('')}{{ v }}`;
        expect(render(source, variables)).toBe(liquid.parseAndRenderSync(source, variables));
      }),
      RUNS,
    );
  });
});
