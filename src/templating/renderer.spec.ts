import { ValidationError } from '../kernel/index.js';
import { RENDERER, TemplateInvalidError, TemplateVariablesMissingError, rendererFor } from './index.js';
import type { PromptContent } from './index.js';
import { failureOf, render, renderer, text } from './render.testkit.js';

describe('rendererFor', () => {
  it('knows the renderer of new versions by its id', () => {
    expect(RENDERER).toBe('liquid-1');
    expect(renderer.id).toBe(RENDERER);
  });

  it('throws for a renderer of another release', () => {
    expect(() => rendererFor('liquid-99')).toThrow(
      'Unknown renderer "liquid-99"; this release has liquid-1, liquid-2.',
    );
  });
});

describe('the variables of a prompt', () => {
  it.each([
    ['{{b}}{{a}}{{b.c}}', ['b', 'a']],
    [
      '{% for i in items limit: n %}{{ i }}{{ forloop.index }}{{ x }}{% else %}{{ i }}{% endfor %}',
      ['items', 'n', 'x', 'i'],
    ],
    ['{% assign y = x %}{{ y }}{% capture c %}{{ z }}{% endcapture %}{{ c }}', ['x', 'z']],
    ['{{ y }}{% assign y = 1 %}{{ y }}', ['y']],
    [
      '{% if a and b == c %}{% elsif d %}{% endif %}{% case e %}{% when f %}{% endcase %}',
      ['a', 'b', 'c', 'd', 'e', 'f'],
    ],
    ['{{ a[b.c].d | default: e | append: f }}{{ (g..h) }}', ['a', 'b', 'e', 'f', 'g', 'h']],
    ['{% comment %}{{ a }}{% endcomment %}{% raw %}{{ b }}{% endraw %}', []],
    ['{{ __proto__ }}{{ constructor }}', ['__proto__', 'constructor']],
  ])('of %s', (source, expected) => {
    expect(renderer.compile(text(source)).variables).toEqual(expected);
  });

  it('are those of all messages of a chat prompt', () => {
    const content: PromptContent = {
      kind: 'chat',
      messages: [
        { role: 'system', content: '{{b}}{% assign c = 1 %}' },
        { role: 'user', content: '{{a}}{{b}}{{c}}' },
      ],
    };
    expect(renderer.compile(content).variables).toEqual(['b', 'a', 'c']);
  });
});

describe('an invalid template', () => {
  it('is refused with line, column and pointer', () => {
    const error = failureOf(() => renderer.compile(text('one\ntwo {% include "x" %}')));
    expect(error).toBeInstanceOf(TemplateInvalidError);
    expect(error).toMatchObject({
      code: 'TEMPLATE_INVALID',
      status: 422,
      message: 'Correct the template at line 2, column 5: the tag "include" is not allowed.',
      extensions: { line: 2, column: 5 },
      errors: [
        { pointer: '/template_source', message: 'line 2, column 5: the tag "include" is not allowed' },
      ],
    });
  });

  it.each([
    'include',
    'render',
    'layout',
    'block',
    'increment',
    'decrement',
    'cycle',
    'tablerow',
    'liquid',
    'echo',
    '#',
  ])('uses the tag %s', (tag) => {
    expect(() => renderer.compile(text(`{% ${tag} x %}`))).toThrow(`the tag "${tag}" is not allowed`);
  });

  it.each(['date', 'sample', 'date_to_string', 'where_exp', 'constructor', '__proto__', 'toString', 'raw'])(
    'uses the filter %s',
    (filter) => {
      expect(() => renderer.compile(text(`{{ x | ${filter} }}`))).toThrow(
        `the filter "${filter}" is not allowed`,
      );
    },
  );

  it.each([
    '{{ x',
    '{{ a == }}',
    '{{ == a }}',
    '{{ a, b }}',
    '{{ a | join: }}',
    '{{ a | append: "x", }}',
    '{{ a + b }}',
    '{{ (a or b) }}',
    '{{ [0] }}',
    '{{ a[] }}',
    '{{ a[true] }}',
    '{{ "a".size }}',
    `{{ ${'9'.repeat(400)} }}`,
    '{% if %}{% endif %}',
    '{% if a %}{% else if b %}{% endif %}',
    '{% if a %}{% endif b %}',
    '{% if a %}{% else %}{% elsif b %}{% endif %}',
    '{% if a %}{% endunless %}',
    '{% case a %}{{ b }}{% when 1 %}{% endcase %}',
    '{% case a %}{% when 1 2 %}{% endcase %}',
    '{% for i of l %}{% endfor %}',
    '{% for i in l limit %}{% endfor %}',
    '{% for i in l offset: continue: 1 %}{% endfor %}',
    '{% for i in l | sort %}{% endfor %}',
    '{% assign a %}',
    '{% assign a.b = 1 %}',
    '{% capture %}{% endcapture %}',
    '{% continue %}',
    '{% raw %}',
    '{% comment %}',
    '{% %}',
    'a\0b',
    'a\ud83db',
  ])('such as %j', (source) => {
    expect(() => renderer.compile(text(source))).toThrow(TemplateInvalidError);
  });
});

describe('missing variables', () => {
  it('are named in the detail, the rest of a long list is counted', () => {
    const names = Array.from({ length: 23 }, (_, index) => `v${index}`);
    const error = failureOf(() => render(names.map((name) => `{{${name}}}`).join('')));
    expect(error).toBeInstanceOf(TemplateVariablesMissingError);
    expect(error.status).toBe(422);
    expect(error.message).toBe(
      `Send a value (null for none) for: ${names.slice(0, 20).join(', ')} and 3 more.`,
    );
    expect(error.errors).toHaveLength(23);
    expect(error.errors?.[22]).toEqual({ pointer: '/variables/v22', message: 'is missing' });
  });

  it('come before a render that does not end and a prompt that is too large', () => {
    const endless = '{{a}}{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}{{b}}';
    for (const source of [endless, '{{a}}{{x}}{{b}}']) {
      const error = failureOf(() => render(source, { x: 'x'.repeat(300_000) }));
      expect(error.errors?.map(({ pointer }) => pointer)).toEqual(['/variables/a', '/variables/b']);
    }
  });

  it('include undefined, which JSON does not have', () => {
    expect(() => render('{{x}}', { x: undefined })).toThrow(TemplateVariablesMissingError);
    expect(() => render('{{x.y}}', { x: { y: () => 1 } })).toThrow(TemplateVariablesMissingError);
  });

  it('are those of the objects sent, wherever a filter, a loop or an assign took them', () => {
    const source =
      '{% assign last = groups | map: "users" | last %}{% for u in last reversed %}{{ u.name }}{% endfor %}';
    const error = failureOf(() =>
      render(source, { groups: [{ users: [] }, { users: [{}, { name: 'x' }] }] }),
    );
    expect(error.errors).toEqual([{ pointer: '/variables/groups/1/users/0/name', message: 'is missing' }]);
  });
});

describe('variables that are not JSON data', () => {
  it.each<[string, unknown]>([
    ['a bigint', 1n],
    ['NaN', NaN],
    ['a lone surrogate', '\ud83d'],
    ['NUL', 'a\0'],
    ['NUL in a key', { 'a\0': 1 }],
    ['more than 128 levels', JSON.parse('['.repeat(129) + ']'.repeat(129))],
  ])('are refused: %s', (_what, x) => {
    const error = failureOf(() => render('{{ x }}', { x }));
    expect(error).toBeInstanceOf(ValidationError);
    expect(error.errors).toMatchObject([{ pointer: '/variables/x' }]);
  });

  it.each<[unknown, string, string]>([
    [[1, undefined], '/variables/x/1', 'is undefined, which JSON does not have'],
    [[{ a: [() => 1] }], '/variables/x/0/a/0', 'is a function, which JSON does not have'],
    [{ id: 1n }, '/variables/x/id', 'is a bigint, which JSON does not have: send it as a string'],
    [{ n: [-Infinity] }, '/variables/x/n/0', 'is not a finite number'],
  ])('are refused with the place: %p', (x, pointer, message) => {
    expect(failureOf(() => render('{{ x }}', { x })).errors).toEqual([{ pointer, message }]);
  });

  it('are refused: an object that contains itself, even twice', () => {
    const x: Record<string, unknown> = {};
    Object.assign(x, { left: x, right: x });
    expect(() => render('{{ x }}', { x })).toThrow(ValidationError);
  });

  it('are taken as JSON takes them: dates, maps, classes, undefined members', () => {
    class Point {
      readonly x = 1;
      get y(): number {
        return this.x;
      }
    }
    const variables = {
      d: new Date(0),
      m: new Map([['a', 1]]),
      p: new Point(),
      o: [{ a: undefined }],
    };
    expect(render('{{ d }} {{ m }} {{ p }} {{ o }}', variables)).toBe(
      '1970-01-01T00:00:00.000Z {} {"x":1} [{}]',
    );
  });

  it('are not looked at when the template does not use them', () => {
    expect(render('{{ a }}', { a: 1, b: 1n })).toBe('1');
  });
});

describe('prototypes', () => {
  it('are neither reached nor changed', () => {
    const source = `{% assign __proto__ = x %}{% capture constructor %}c{% endcapture %}
      {% for prototype in l %}{% assign toString = prototype %}{% endfor %}
      {{ __proto__ }}{{ constructor }}{{ toString }}`;
    const variables = JSON.parse(
      '{"x":{"__proto__":{"polluted":1}},"l":[{"__proto__":{"polluted":1}}]}',
    ) as Record<string, unknown>;
    expect(render(source, variables)).toContain('{"__proto__":{"polluted":1}}c{"__proto__":{"polluted":1}}');
    expect('polluted' in {}).toBe(false);
    expect(Object.prototype.toString.call([])).toBe('[object Array]');
  });

  it('of the variables themselves give nothing', () => {
    const inherited = Object.create({ secret: 's' }) as Record<string, unknown>;
    inherited['own'] = Object.create({ secret: 's' });
    const error = failureOf(() => render('{{ secret }}{{ own.secret }}', inherited));
    expect(error.errors?.map(({ pointer }) => pointer)).toEqual([
      '/variables/secret',
      '/variables/own/secret',
    ]);
  });

  it('of loops are not there either', () => {
    const source = '{% for i in l %}{{ forloop.constructor }}{{ forloop.next }}{% endfor %}';
    expect(() => render(source, { l: [1] })).toThrow(TemplateVariablesMissingError);
  });
});
