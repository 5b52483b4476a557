import { computeChecksum } from './content/checksum.js';
import type { PinnedSnippet } from './content/snippet-pin.js';
import { TemplateInvalidError, TemplateVariablesMissingError } from './errors.js';
import { listPins } from './liquid-2/list-pins.js';
import { liquid2 } from './liquid-2/renderer.js';
import { chooseRenderer } from './renderers.js';

const snippet = (name: string, template_source: string, version_number = 1): PinnedSnippet => ({
  name,
  version_number,
  version_id: `id of ${name}@${version_number}`,
  checksum_hash: computeChecksum({ kind: 'text', templateSource: template_source }),
  template_source,
});
const content = (templateSource: string, ...snippets: readonly PinnedSnippet[]) =>
  ({ kind: 'text', templateSource, extras: { snippets } }) as const;

function render(template: string, variables: object, ...snippets: readonly PinnedSnippet[]): string {
  const rendered = liquid2
    .compile(content(template, ...snippets))
    .render(variables as Record<string, unknown>);
  return rendered.kind === 'text' ? rendered.text : '';
}

function failureOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}

describe('a snippet', () => {
  const tone = snippet('team/tone', 'Write for {{ audience }}{% if mood %}, {{ mood }}{% endif %}.', 3);

  it('is put out where it is rendered, with its arguments', () => {
    const template = 'Hi. {% render "snippet/team/tone@3", audience: who, mood: "kindly" %} Bye.';
    expect(render(template, { who: 'children' }, tone)).toBe('Hi. Write for children, kindly. Bye.');
    expect(render(template, { who: null }, tone)).toBe('Hi. Write for , kindly. Bye.');
    expect(
      render("{% render 'snippet/team/tone@3', audience: who.name %}", { who: { name: 'x' } }, tone),
    ).toBe('Write for x.');
  });

  it('sees its arguments and nothing else, and what it assigns ends with it', () => {
    const scope = snippet(
      'scope',
      '{% assign a = "in" %}{{ a }}{% if b %}b{% endif %}{{ c | default: "no c" }};',
    );
    const template =
      '{% assign a = "out" %}{% assign b = 1 %}{% for c in (1..2) %}{% render "snippet/scope@1" %}{% endfor %}{{ a }}';
    expect(render(template, { b: 1, c: 1 }, scope)).toBe('inno c;inno c;out');
    const looped = snippet(
      'looped',
      '{% for i in list %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}',
    );
    expect(
      render(
        '{% for i in (1..2) %}{% render "snippet/looped@1", list: l %}{{ i }}{% endfor %}',
        { l: [1, 2, 3] },
        looped,
      ),
    ).toBe('1112');
  });

  it('keeps the text of numbers and objects that are passed on', () => {
    const shown = snippet('shown', '{{ x }}|{{ x.a }}');
    expect(render('{% render "snippet/shown@1", x: y %}', { y: { a: 1.5 } }, shown)).toBe('{"a":1.5}|1.5');
  });

  it('may use other snippets, some of them twice', () => {
    const inner = snippet('inner', '<{{ x }}>');
    const outer = snippet(
      'outer',
      '{% render "snippet/inner@1", x: a %}{% render "snippet/inner@1", x: 2 %}',
    );
    expect(render('{% render "snippet/outer@1", a: v %}', { v: 1 }, inner, outer)).toBe('<1><2>');
    expect(render('{% render "snippet/outer@1", a: v %}', { v: 1 }, outer, inner)).toBe('<1><2>');
  });

  it('needs what its template needs, and the prompt lists what it is given', () => {
    const compiled = liquid2.compile(
      content('{{ a }}{% render "snippet/team/tone@3", audience: who, mood: feeling.now %}', tone),
    );
    expect(compiled.variables).toEqual(['a', 'who', 'feeling']);
    const error = failureOf(() => compiled.render({}));
    expect(error).toBeInstanceOf(TemplateVariablesMissingError);
    expect((error as TemplateVariablesMissingError).errors?.map(({ pointer }) => pointer)).toEqual([
      '/variables/a',
      '/variables/who',
    ]);
  });

  it.each<[string, string]>([
    ['{% render "snippet/none@1" %}', 'there is no snippet "none@1"'],
    ['{% render "snippet/team/tone@2", audience: 1 %}', 'there is no snippet "team/tone@2"'],
    ['{% render "snippet/team/tone@3" %}', 'the snippet "team/tone@3" needs the argument "audience"'],
    ['{% render name %}', 'is expected'],
    ['{% render "tone" %}', 'is expected'],
    ['{% render "snippet/tone" %}', 'is expected'],
    ['{% render "snippet/tone@0" %}', 'is expected'],
    ['{% render "snippet/tone@latest" %}', 'is expected'],
    ['{% render "snippet/tone@99999999999" %}', 'is expected'],
    ['{% render "snippet/team/tone@3" with x %}', 'arguments are named'],
    ['{% render "snippet/team/tone@3", x %}', 'arguments are named'],
    ['{% render "snippet/team/tone@3", audience: 1, audience: 2 %}', 'is given twice'],
    ['{% render "snippet/team/tone@3", audience: 1 | upcase %}', 'unexpected'],
    ['{% include "snippet/team/tone@3" %}', 'the tag "include" is not allowed'],
  ])('is refused as in %s', (template, problem) => {
    const error = failureOf(() => liquid2.compile(content(template, tone)));
    expect(error).toBeInstanceOf(TemplateInvalidError);
    expect((error as Error).message).toContain(problem);
  });

  it('is refused when it uses itself, or is too deep in others', () => {
    const one = snippet('one', '{% render "snippet/two@1" %}');
    const two = snippet('two', '{% render "snippet/one@1" %}');
    expect(() => liquid2.compile(content('{% render "snippet/one@1" %}', one, two))).toThrow(
      'deeper than 10',
    );
    const chain = (length: number) =>
      Array.from({ length }, (_, index) =>
        snippet(`s${index}`, index === length - 1 ? 'end' : `{% render "snippet/s${index + 1}@1" %}`),
      );
    expect(render('{% render "snippet/s0@1" %}', {}, ...chain(10))).toBe('end');
    for (const snippets of [chain(11), chain(11).reverse()]) {
      expect(() => liquid2.compile(content('{% render "snippet/s0@1" %}', ...snippets))).toThrow(
        'deeper than 10',
      );
    }
  });

  it('says where it is used when its work has no end', () => {
    const endless = snippet(
      'endless',
      '{% for a in (1..1000) %}{% for b in (1..1000) %}{% endfor %}{% endfor %}',
    );
    const error = failureOf(() => render('one\n {% render "snippet/endless@1" %}', {}, endless));
    expect(error).toMatchObject({
      code: 'TEMPLATE_INVALID',
      extensions: { line: 2, column: 2 },
      message: expect.stringContaining('in the snippet "endless@1"') as string,
    });
  });

  it('doubling with each other takes no longer than anything else', () => {
    const levels = Array.from({ length: 10 }, (_, index) =>
      snippet(`s${index}`, index === 9 ? 'x' : `{% render "snippet/s${index + 1}@1" %}`.repeat(50)),
    );
    expect(() => render('{% render "snippet/s0@1" %}', {}, ...levels)).toThrow('steps');
  });
});

describe('a content', () => {
  it('names its snippets, each once', () => {
    const template =
      '{% if a %}{% render "snippet/a@1" %}{% else %}{% for i in l %}{% render "snippet/b@2" %}{% endfor %}{% endif %}';
    const pins = listPins({ kind: 'chat', messages: [{ role: 'user', content: template + template }] });
    expect(pins).toEqual([
      { name: 'a', versionNumber: 1 },
      { name: 'b', versionNumber: 2 },
    ]);
    expect(listPins({ kind: 'text', templateSource: 'Please render {{ this }}.' })).toBeNull();
    expect(
      listPins({ kind: 'text', templateSource: '{% raw %}{% render "snippet/a@1" %}{% endraw %}' }),
    ).toBeNull();
  });

  it('has the renderer and the checksum of before without snippets, and others with them', () => {
    const plain = { kind: 'text', templateSource: 'x' } as const;
    expect(chooseRenderer(plain)).toBe('liquid-1');
    expect(chooseRenderer(content('x', snippet('a', 'y')))).toBe('liquid-2');
    const checksums = [
      computeChecksum(plain),
      computeChecksum(content('x', snippet('a', 'y'))),
      computeChecksum(content('x', snippet('a', 'z'))),
      computeChecksum(content('x', snippet('b', 'y'))),
      computeChecksum(content('x', snippet('a', 'y', 2))),
    ];
    expect(new Set(checksums).size).toBe(checksums.length);
    const elsewhere = { ...snippet('a', 'y'), version_id: 'another' };
    expect(computeChecksum(content('x', elsewhere))).toBe(checksums[1]);
  });
});
