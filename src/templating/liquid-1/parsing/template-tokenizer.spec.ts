import fc from 'fast-check';
import { defaultOptions, Tokenizer } from 'liquidjs';
import { TemplateTokenizer } from './template-tokenizer.js';

const tokensOf = (tokenizer: Tokenizer): unknown => {
  try {
    return tokenizer
      .readTopLevelTokens(defaultOptions)
      .map((token) => ({ kind: token.kind, begin: token.begin, end: token.end, text: token.getText() }));
  } catch (error) {
    return String(error);
  }
};

it('reads the tokens that LiquidJS reads', () => {
  const piece = fc.constantFrom(
    ...['{{', '}}', '{%', '%}', '{{-', '-}}', '{%-', '-%}', ' a ', 'if a', 'raw', 'endraw', '"', "'"],
    ...[
      '{',
      '%',
      ' ',
      '\n',
      'text',
      '{{ a }}',
      '{% raw %}',
      '{% endraw %}',
      '{%- comment -%}',
      '{% endcomment %}',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const source = pieces.join('');
      expect(tokensOf(new TemplateTokenizer(source))).toEqual(tokensOf(new Tokenizer(source)));
    }),
    { numRuns: 5_000 },
  );
});
