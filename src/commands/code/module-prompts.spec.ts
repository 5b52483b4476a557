import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { readModulePrompts } from './module-prompts.js';

const read = (source: string, file = 'src/prompts.ts') => readModulePrompts(file, source);
/** Names and texts of what is found; a problem would be seen too. */
const textsOf = (source: string, file?: string) => {
  const { prompts, problems } = read(source, file);
  expect(problems).toEqual([]);
  return Object.fromEntries(prompts.map(({ name, template }) => [name, template]));
};
const problemsOf = (source: string, file?: string) =>
  read(source, file).problems.map(({ line, message }) => `${line}: ${message}`);

describe('the prompts of a module', () => {
  it('are its exported constants, with the line of each', () => {
    const source = `// a comment\nexport const WELCOME = 'Hello {{name}}!';\n\nexport const\n  BYE = "Bye";\nconst OWN = 'x';\n`;
    expect(read(source)).toEqual({
      prompts: [
        { name: 'WELCOME', template: 'Hello {{name}}!', file: 'src/prompts.ts', line: 2 },
        { name: 'BYE', template: 'Bye', file: 'src/prompts.ts', line: 5 },
      ],
      problems: [],
      passedOn: [],
    });
  });

  it('are the keys of its exported objects, with the line of each', () => {
    const source = `export const Prompts = {\n  WELCOME: 'Hi',\n  'mails/order': \`Order\n{{id}}\`,\n} as const;\n`;
    expect(read(source).prompts).toMatchObject([
      { name: 'WELCOME', line: 2 },
      { name: 'mails/order', template: 'Order\n{{id}}', line: 3 },
    ]);
  });

  it.each([
    ['as const', `export const P = { A: 'x' } as const;`],
    ['satisfies', `export const P = { A: 'x' } as const satisfies Record<string, string>;`],
    ['Object.freeze', `export const P = Object.freeze({ A: 'x' });`],
    ['a list of exports', `const A = 'x';\nexport { A };`],
    ['another name', `const a = 'x';\nexport { a as A };`],
    ['a default object', `export default { A: 'x' };`],
    ['a constant by name', `const A = 'x';\nexport const P = { A };`],
    ['a member', `const O = { K: 'x' };\nexport const A = O.K;`],
    ['a member by text', `const O = { K: 'x' };\nexport const A = O['K'];`],
    ['a spread', `const O = { A: 'x' };\nexport const P = { ...O };`],
    ['brackets', `export const A = ('x');`],
    ['a joined list', `export const A = ['x'].join('\\n');`],
    ['an old cast', `export const A = <const>'x';`],
  ])('may be written with %s', (_, source) => {
    expect(textsOf(source)).toEqual({ A: 'x' });
  });

  it('may be put together of constants, numbers and templates', () => {
    const source = `const WHO = '{{name}}';\nconst MOST = 3;\nexport const A = 'Hi ' + WHO + ', ' + \`\${MOST} \${1 + 1} words\` + ['', 'x'].join('\\n');`;
    expect(textsOf(source)).toEqual({ A: 'Hi {{name}}, 3 2 words\nx' });
  });

  it('are read in JavaScript, JSX and CommonJS', () => {
    expect(textsOf(`exports.A = 'x';\nmodule.exports.B = 'y';`, 'p.cjs')).toEqual({ A: 'x', B: 'y' });
    expect(textsOf(`module.exports = { A: 'x' };`, 'p.js')).toEqual({ A: 'x' });
    expect(textsOf(`export const A = 'x';\nexport const V = () => <b>{A}</b>;`, 'p.jsx')).toEqual({ A: 'x' });
    expect(textsOf(`export const A = 'x' as const;\nexport const V = () => <b/>;`, 'p.tsx')).toEqual({
      A: 'x',
    });
  });

  it('are not what certainly is no text', () => {
    const source = `export type T = string;\nexport interface I {}\nexport const N = 5;\nexport const F = () => 'x';\nexport function g() {}
export class C {}\nexport const L = ['x'];\nexport const NO = null;\nexport const R = /x/;\nexport const O = { n: 1, f() {}, l: [] };
function h() {}\nexport { h, type I as J };\nexport default class {}\nexport const api = new Api();\nexport const NEG = -1;`;
    expect(read(source)).toEqual({ prompts: [], problems: [], passedOn: [] });
  });

  it('are not what a comment leaves out', () => {
    const source = `// prompt-ledger-ignore\nexport const A = secret();\nexport const P = {\n  // prompt-ledger-ignore\n  B: secret(),\n  C: 'x',\n};`;
    expect(textsOf(source)).toEqual({ C: 'x' });
  });

  it('run nothing', () => {
    const source = `process.exit(7);\nthrow new Error();\nexport const A = 'x';`;
    expect(textsOf(source)).toEqual({ A: 'x' });
  });

  it('are a sum of thousands of parts without taking for ever', () => {
    const source = `export const A = ${Array.from({ length: 2000 }, () => `'x'`).join(' + ')};`;
    expect(textsOf(source)['A']).toHaveLength(2000);
  });
});

describe('what cannot be read', () => {
  it.each([
    [`export const A = build();`, '1: A cannot be read: it is the answer of a call'],
    [
      `import { B } from './b';\nexport const A = 'x' + B;`,
      '2: A cannot be read: B is no constant of this file',
    ],
    [`export const A = \`x \${process.env.B}\`;`, '1: A cannot be read: process is no constant of this file'],
    [`export const A = dedent\`x\`;`, '1: A cannot be read: a tagged template is a call of a function'],
    [`export const A = is ? 'x' : 'y';`, '1: A cannot be read: its text is only known when the code runs'],
    [`export let A = 'x';`, '1: A cannot be read: it may change, make it a const'],
    [
      `export const { A } = all;`,
      '1: What is taken apart here cannot be read: give each prompt a constant of its own',
    ],
    [`const B = A;\nexport const A = B;`, '2: A cannot be read: B is made of itself'],
    [`export const P = {\n  A: f(),\n  B: 'x',\n};`, '2: A cannot be read: it is the answer of a call'],
    [
      `export const P = { get A() { return 'x'; } };`,
      '1: A cannot be read: a getter is only known when the code runs',
    ],
    [`export const P = { ...other };`, '1: P cannot be read: other is no constant of this file'],
    [`export default 'x';`, '1: A default export is no prompt: export it under its name'],
    [`export const A = 'x' + [];`, '1: A cannot be read: only text and numbers can be put together'],
    [`let A = 'x';\nexport { A };`, '2: A cannot be read: it is no constant of this file'],
    [`export const A = ;`, '1: it does not parse: Unexpected token'],
  ])('is said with its line: %s', (source, problem) => {
    expect(problemsOf(source).map((text) => text.replace(/\.$/, ''))).toEqual([problem]);
  });

  it('hides nothing of the same file that can be', () => {
    const { prompts, problems } = read(`export const A = f();\nexport const B = 'x';`);
    expect(prompts).toMatchObject([{ name: 'B' }]);
    expect(problems).toHaveLength(1);
  });

  it('says objects in objects, whose prompts would have no name', () => {
    expect(problemsOf(`export const P = { mails: { A: 'x' } };`)).toEqual([
      '1: mails cannot be read: prompts in objects in objects have no name, export mails itself',
    ]);
  });

  it('tells exports of other files apart, types left out', () => {
    const source = `export * from './a.js';\nexport { B } from './b';\nimport C from './c';\nexport { C };\nexport type { T } from './t';`;
    expect(read(source).passedOn.map(({ specifier, line }) => `${line} ${specifier}`)).toEqual([
      '1 ./a.js',
      '2 ./b',
      '4 ./c',
    ]);
  });
});

describe('any text', () => {
  /** With all that is special in one of the ways to write it down. */
  const odd = fc.string({
    unit: fc.constantFrom('a', '{{x}}', '\n', '\r', '\\', "'", '"', '`', '$', '${', '\u2028', '😀', ' '),
  });

  it('is read as JavaScript itself reads it', () => {
    const templated = (text: string) => `\`${text.replaceAll(/[\\`]|\$(?=\{)/g, '\\$&')}\``;
    const ways = fc.constantFrom(
      JSON.stringify,
      templated,
      (text: string) => `${JSON.stringify(text)} + ${templated(text)}`,
    );
    fc.assert(
      fc.property(odd, ways, (text, write) => {
        const literal = write(text);
        const itself = runInNewContext(literal) as string;
        expect(textsOf(`export const A = ${literal};`)).toEqual({ A: itself });
      }),
    );
  });
});
