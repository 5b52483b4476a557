import { RenderedPromptTooLargeError, TemplateInvalidError } from './index.js';
import { failureOf, render, renderer, text } from './render.testkit.js';

describe('limits', () => {
  it.each([
    ['characters', 'x'.repeat(1_048_577)],
    ['outputs', '{{a}}'.repeat(10_001)],
    ['characters in one output', `{{ a${' and a'.repeat(25_000)} }}`],
    ['blocks', '{% if a %}'.repeat(65) + '{% endif %}'.repeat(65)],
    ['brackets', `{{ a${'[a'.repeat(20_000)}${']'.repeat(20_000)} }}`],
    ['parentheses', `{{ ${'('.repeat(20_000)} }}`],
    ['brackets behind a stray quote', `{{ a[b '] ${'['.repeat(20_000)}' }}`],
    ['openings without an end', '{{'.repeat(75_000)],
    ['tags without an end', '{% '.repeat(75_000)],
    ['quotes without an end', "{{ '".repeat(50_000)],
    ['raw without an end', `{% raw %}${'{% endraw '.repeat(20_000)}`],
  ])('refuse a template with too many %s', (_what, source) => {
    expect(() => renderer.compile(text(source))).toThrow(TemplateInvalidError);
  });

  it('hold for all messages of a chat together', () => {
    const messages = Array.from({ length: 11 }, () => ({
      role: 'user' as const,
      content: '{{a}}'.repeat(1_000),
    }));
    const error = failureOf(() => renderer.compile({ kind: 'chat', messages }));
    expect(error.errors).toMatchObject([{ pointer: '/messages/10/content' }]);
  });

  it('let a template that is just within them pass', () => {
    expect(render('x'.repeat(1_048_576), {}, { maxRenderedBytes: 1_048_576 })).toHaveLength(1_048_576);
    expect(render('{{a}}'.repeat(10_000), { a: 'b' })).toBe('b'.repeat(10_000));
    expect(render('{% if a %}'.repeat(64) + 'x' + '{% endif %}'.repeat(64), { a: true })).toBe('x');
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['a long range', '{% for i in (1..1000000) %}x{% endfor %}', {}],
    ['a range from a variable', '{% for i in (1..n) %}{% endfor %}', { n: 1e15 }],
    ['a range whose numbers do not grow', '{{ (a..b) }}', { a: 2 ** 53, b: 2 ** 53 + 4 }],
    ['nested loops', '{% for i in (1..900) %}{% for j in (1..900) %}{% endfor %}{% endfor %}', {}],
    ['doubling by append', `{% assign a = "0123456789" %}${'{% assign a = a | append: a %}'.repeat(60)}`, {}],
    ['doubling by capture', '{% capture a %}0{{ a }}{{ a }}{% endcapture %}'.repeat(60), { a: 'x' }],
    ['doubling by concat', '{% for i in (1..60) %}{% assign l = l | concat: l %}{% endfor %}', {}],
    [
      'the same long text joined',
      '{% for i in (1..9999) %}{% assign l = l | concat: x %}{% endfor %}{{ l | join }}',
      { l: [], x: ['x'.repeat(1e5)] },
    ],
    [
      'the same long text as JSON',
      '{% for i in (1..900) %}{% assign l = l | concat: x %}{% endfor %}{{ l }}',
      { l: [], x: ['x'.repeat(1e5)] },
    ],
    [
      'a search in a loop',
      '{% for i in l %}{% if l contains 1 %}{% endif %}{% endfor %}',
      { l: Array(100_000).fill(0) },
    ],
    [
      'a count in a loop',
      '{% for i in (1..9999) %}{% assign n = o.size %}{% endfor %}',
      { o: Object.fromEntries(Array.from({ length: 9_999 }, (_, i) => [`k${i}`, i])) },
    ],
    [
      'a comparison in a loop',
      '{% for i in (1..9999) %}{% if a == b %}{% endif %}{% endfor %}',
      { a: 'x'.repeat(1e5), b: `${'x'.repeat(1e5 - 1)}y` },
    ],
    ['replacing in a long text by a long text', '{{ x | replace: "a", x }}', { x: 'a'.repeat(100_000) }],
    [
      'a deep indent',
      '{{ x | json: 10 }}',
      { x: JSON.parse(`${'['.repeat(100)}${Array(50_000).fill('0').join()}${']'.repeat(100)}`) as unknown },
    ],
  ])('end a render with %s', (_what, source, variables) => {
    const error = failureOf(() => render(source, { l: [1], ...variables }));
    expect(error).toBeInstanceOf(TemplateInvalidError);
    expect(error.message).toMatch(/rendering takes more than 500000 steps|whole numbers below/);
  });

  const loop = (body: string) => `{% for i in (1..9999) %}${body}{% endfor %}`;
  it.each<[string, Record<string, unknown>]>([
    ['{% assign y = x | escape %}', { x: '<'.repeat(100_000) }],
    ['{% assign y = x | squish %}', { x: 'a b '.repeat(25_000) }],
    ['{% assign y = x | strip_newlines %}', { x: '\n'.repeat(100_000) }],
    ['{% assign y = x | upcase %}', { x: 'ß'.repeat(100_000) }],
    ['{% assign y = x | capitalize %}', { x: '😀'.repeat(50_000) }],
    ['{% assign y = x | sort_natural %}', { x: Array<string>(1_000).fill('Ä'.repeat(50)) }],
    ['{% assign y = x | truncate: 99999 %}', { x: 'a'.repeat(100_000) }],
    ['{% assign y = x | truncatewords: 3 %}', { x: ' '.repeat(100_000) }],
    ['{% assign y = x | slice: 0, 99999 %}', { x: 'a'.repeat(100_000) }],
    ['{% assign y = x | split: "" %}', { x: 'a'.repeat(100_000) }],
    ['{% assign y = x | replace: "a", "bb" %}', { x: 'a'.repeat(100_000) }],
    ['{% assign y = x | plus: 1 %}', { x: '1'.repeat(100_000) }],
    ['{% if x < 1 %}{% endif %}', { x: ' '.repeat(100_000) }],
    ['{% for j in (x..x) %}{% endfor %}', { x: `${' '.repeat(100_000)}1` }],
    [
      '{% assign y = x | uniq %}',
      { x: Array.from({ length: 9 }, (_, nth) => 'x'.repeat(50_000) + String(nth)) },
    ],
    ['{% assign y = x | map: "a.b.c" %}', { x: Array(1_000).fill({ a: { b: { c: 1 } } }) }],
    ['{% assign y = x | where: "a" %}', { x: Array(1_000).fill({ a: 1 }) }],
    ['{% assign y = x | map: p %}', { x: [{}], p: '.'.repeat(10_000) }],
    ['{% assign y = x | join %}', { x: Array(1_000).fill(1.1e-7) }],
    ['{% assign y = x | json %}', { x: Array(1_000).fill('') }],
  ])('end %s in a loop', (body, variables) => {
    const error = failureOf(() => render(loop(body), variables));
    expect(error.message).toMatch(/rendering takes more than 500000 steps/);
  });

  it('leave turns to others while a render goes on, and give it the same result', () => {
    const prompt = renderer.compile(
      text(
        '{% for i in (1..9000) %}{% if i %}{% capture c %}{{ i | plus: 1 }}{% endcapture %}{% endif %}{% endfor %}{{ c }}',
      ),
    );
    const steps = prompt.renderInSteps({});
    let count = 0;
    let result = steps.next();
    for (; result.done !== true; result = steps.next()) count += 1;
    expect(count).toBeGreaterThan(5);
    expect(result.value).toEqual(prompt.render({}));
    expect(result.value).toEqual({ kind: 'text', text: '9001' });
  });

  it('search a long pattern in linear time', () => {
    const variables = { x: 'a'.repeat(500_000), y: `${'a'.repeat(125_000)}b${'a'.repeat(125_000)}` };
    expect(render('{% if x contains y %}1{% else %}0{% endif %}{{ x | remove: y | size }}', variables)).toBe(
      '0500000',
    );
  });

  it('are counted: the verdict does not change with repetition', () => {
    const prompt = renderer.compile(
      text('{% for i in (1..n) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}'),
    );
    const verdicts = (): boolean[] =>
      Array.from({ length: 12 }, (_, index) => {
        try {
          prompt.render({ n: 40 + index * 10 });
          return true;
        } catch {
          return false;
        }
      });
    const first = verdicts();
    expect(new Set(first)).toEqual(new Set([true, false]));
    expect(verdicts()).toEqual(first);
  });
});

describe('the size of the rendered prompt', () => {
  it('is counted in bytes of UTF-8', () => {
    expect(render('{{x}}', { x: 'é€😀' }, { maxRenderedBytes: 9 })).toBe('é€😀');
    const error = failureOf(() => render('{{x}}', { x: 'é€😀' }, { maxRenderedBytes: 8 }));
    expect(error).toBeInstanceOf(RenderedPromptTooLargeError);
    expect(error).toMatchObject({
      code: 'RENDERED_PROMPT_TOO_LARGE',
      status: 413,
      extensions: { max_rendered_bytes: 8 },
    });
  });

  it('is 200 KiB where nobody says otherwise', () => {
    expect(render('{{x}}', { x: 'x'.repeat(204_800) })).toHaveLength(204_800);
    expect(() => render('{{x}}', { x: 'x'.repeat(204_801) })).toThrow(RenderedPromptTooLargeError);
  });

  it('is that of all messages together, and not of what is only captured', () => {
    const messages = [
      { role: 'system' as const, content: '{% capture c %}{{x}}{{x}}{{x}}{% endcapture %}{{x}}' },
      { role: 'user' as const, content: '{{x}}' },
    ];
    const prompt = renderer.compile({ kind: 'chat', messages });
    expect(prompt.render({ x: 'abc' }, { maxRenderedBytes: 6 }).kind).toBe('chat');
    expect(() => prompt.render({ x: 'abcd' }, { maxRenderedBytes: 7 })).toThrow(RenderedPromptTooLargeError);
  });
});
