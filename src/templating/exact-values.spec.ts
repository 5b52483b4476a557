import { parseJson } from '../kernel/index.js';
import { render } from './render.testkit.js';

const renderJson = (source: string, variables: string) =>
  render(source, parseJson(variables) as Record<string, unknown>);

describe('variables of a JSON text', () => {
  it.each([
    [
      '{{ order_id }} {{ amount }}',
      '{"order_id":12345678901234567890,"amount":1.10}',
      '12345678901234567890 1.10',
    ],
    ['{{ a }}|{{ b }}|{{ c }}|{{ d }}', '{"a":-0,"b":1E5,"c":1e400,"d":0.0}', '-0|1E5|1e400|0.0'],
    ['{{ o }}', '{"o":{"b":1.0,"10":[2.50,{"2":1,"1":2}]}}', '{"b":1.0,"10":[2.50,{"2":1,"1":2}]}'],
    ['{{ o | json }}', '{ "o" : { "z" : 1.0 , "1" : "a\\u00e9" } }', '{"z":1.0,"1":"aé"}'],
    ['{{ o | json: 2 }}', '{"o":{"z":[1.0],"1":{}}}', '{\n  "z": [\n    1.0\n  ],\n  "1": {}\n}'],
    [
      '{{ o.a.b }} {{ o["10"] }} {{ l[1] }} {{ l.last }}',
      '{"o":{"a":{"b":1.00},"10":7.0},"l":[1,2.0]}',
      '1.00 7.0 2.0 2.0',
    ],
    ['{% for p in o %}{{ p[0] }}={{ p[1] }};{% endfor %}', '{"o":{"b":1.0,"10":2,"9":3}}', 'b=1.0;10=2;9=3;'],
    [
      '{% for x in l %}{{ x }};{% endfor %}',
      '{"l":[1.0,2,12345678901234567891]}',
      '1.0;2;12345678901234567891;',
    ],
    ['{{ l | join: "+" }} {{ l | reverse | first }}', '{"l":[1.10,2.20]}', '1.10+2.20 2.20'],
    ['{% assign x = n %}{{ x }} {% capture c %}<{{ n }}>{% endcapture %}{{ c }}', '{"n":1.0}', '1.0 <1.0>'],
    ['{{ l | map: "id" | join }}', '{"l":[{"id":1.0},{"id":9007199254740993}]}', '1.0 9007199254740993'],
    [
      '{{ l | where: "id", n | map: "t" }}',
      '{"l":[{"id":9007199254740993,"t":"x"},{"id":9007199254740992,"t":"y"}],"n":9007199254740993}',
      '["x"]',
    ],
    [
      '{{ l | concat: l | uniq | join }}',
      '{"l":[1.0,1,"1.0",9007199254740993,9007199254740992]}',
      '1.0 1.0 9007199254740993 9007199254740992',
    ],
    ['{{ l | compact | size }}{{ l | slice: 0, 2 }}', '{"l":[1.0,2.0,null]}', '2[1.0,2.0]'],
    ['{{ l | sort }}', '{"l":[2.50,1.0,10,"a",-0]}', '[-0,1.0,2.50,10,"a"]'],
    ['{{ n | append: "x" }} {{ n | size }} {{ n | default: 1 }}', '{"n":1.10}', '1.10x 0 1.10'],
    [
      '{{ n | prepend: "$" | append: n }}',
      '{"n":12345678901234567890}',
      '$1234567890123456789012345678901234567890',
    ],
    [
      '{{ __proto__ }}{{ o }}',
      '{"__proto__":1.0,"o":{"__proto__":{"1":1.0},"a":1}}',
      '1.0{"__proto__":{"1":1.0},"a":1}',
    ],
    ['{{ o.size }} {{ n.size | default: "none" }}', '{"o":{"10":1,"b":2},"n":1.0}', '2 none'],
  ])('are put out as they came: %s', (source, variables, expected) => {
    expect(renderJson(source, variables)).toBe(expected);
  });

  it.each([
    [
      '{{ n | plus: 1 }} {{ n | times: 2 }} {{ n | round }} {{ l | sum }}',
      '{"n":1.10,"l":[1.50,2.0]}',
      '2.1 2.2 1 3.5',
    ],
    ['{{ n | divided_by: m }} {{ n | at_least: m }}', '{"n":5.0,"m":2.0}', '2.5 5'],
    [
      '{{ (a..b) | join }} {% for i in l limit: b %}{{ i }}{% endfor %}',
      '{"a":1.0,"b":3.0,"l":[7,8,9,10]}',
      '1 2 3 789',
    ],
    ['{{ l[n] }} {{ s | slice: n, n }} {{ s | truncate: n, "" }}', '{"l":[1,2],"n":1.0,"s":"abc"}', '2 b a'],
  ])('are doubles where something computes: %s', (source, variables, expected) => {
    expect(renderJson(source, variables)).toBe(expected);
  });

  it.each([
    ['n == 1', '{"n":1.0}', true],
    ['n == m', '{"n":1.0,"m":1.00}', true],
    ['n == m', '{"n":9007199254740993,"m":9007199254740992.0}', false],
    ['n != m', '{"n":1.0,"m":1}', false],
    ['n == m', '{"n":9007199254740993,"m":9007199254740992}', false],
    ['n == 12345678901234567890', '{"n":12345678901234567890}', true],
    ['n == 12345678901234567891', '{"n":12345678901234567890}', false],
    ['n > 1 and n < 2', '{"n":1.50}', true],
    ['n >= m', '{"n":1e400,"m":1e3}', true],
    ['n == "1.0"', '{"n":1.0}', false],
    ['n', '{"n":0.0}', true],
    ['n == blank or n == empty', '{"n":0.0}', false],
    ['l contains n', '{"l":[2,1.0],"n":1}', true],
    ['s contains n', '{"s":"costs 1.10","n":1.10}', true],
    ['s contains o', '{"s":"x","o":{"1":1.0}}', false],
  ])('compare as numbers: %s of %s', (condition, variables, expected) => {
    expect(renderJson(`{% if ${condition} %}yes{% else %}no{% endif %}`, variables)).toBe(
      expected ? 'yes' : 'no',
    );
  });

  it('of a template are exact where a double is not', () => {
    expect(render('{{ 12345678901234567890 }} {{ 1.50 }} {{ 2 | plus: 9007199254740993 }}', {})).toBe(
      '12345678901234567890 1.5 9007199254740994',
    );
  });

  it('choose branches as numbers', () => {
    expect(renderJson('{% case n %}{% when 1 %}one{% else %}other{% endcase %}', '{"n":1.0}')).toBe('one');
  });

  it('point to what is missing in them', () => {
    expect(() => renderJson('{{ l[0].x }}{{ n.x }}', '{"l":[{"y":1.0}],"n":1.0}')).toThrow('l.0.x, n.x');
  });
});
