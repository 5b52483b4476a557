import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { textOf } from '../content-text.testkit.js';
import { readModulePrompts } from './module-prompts.js';

const text = (templateSource: string) => ({ kind: 'text', templateSource });
const read = (source: string, file = 'src/prompts.ts') => readModulePrompts(file, source);
/** Names and texts of the prompts that are found. A problem would show up too. */
const textsOf = (source: string, file?: string) => {
  const { prompts, problems } = read(source, file);
  expect(problems).toEqual([]);
  return Object.fromEntries(prompts.map(({ name, content }) => [name, textOf(content)]));
};
describe('the prompts of a module', () => {
  it('are its exported constants, with the line of each', () => {
    const source = `// a comment\nexport const WELCOME = 'Hello {{name}}!';\n\nexport const\n  BYE = "Bye";\nconst OWN = 'x';\n`;
    expect(read(source)).toEqual({
      prompts: [
        { name: 'WELCOME', content: text('Hello {{name}}!'), file: 'src/prompts.ts', line: 2 },
        { name: 'BYE', content: text('Bye'), file: 'src/prompts.ts', line: 5 },
      ],
      problems: [],
    });
  });

  it('are the keys of its exported objects, with the line of each', () => {
    const source = `export const Prompts = {\n  WELCOME: 'Hi',\n  'mails/order': \`Order\n{{id}}\`,\n} as const;\n`;
    expect(read(source).prompts).toMatchObject([
      { name: 'WELCOME', line: 2 },
      { name: 'mails/order', content: text('Order\n{{id}}'), line: 3 },
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
    ['an enum', `export enum P { A = 'x' }`],
    ['a const enum', `export const enum P { N, 'A' = \`x\` }`],
    ['an enum that is exported later', `enum P { A = 'x' }\nexport { P };`],
    ['an enum as the default export', `enum P { A = 'x' }\nexport default P;`],
    ['an enum of which a member is used', `enum P { B = 'x' }\nexport const A = P.B;`],
    [
      'statics of a class',
      `export class P { static readonly A = 'x'; private static B = 'y'; static #c = 'z'; }`,
    ],
    [
      'statics of an abstract class',
      `export abstract class P { static A = 'x' as const; abstract b(): void; }`,
    ],
    [
      'statics that use others',
      `export class P { private static B = 'x'; static A = this.B + P.C; private static C = ''; }`,
    ],
    ['statics of a default class', `export default class { static A = 'x'; }`],
    [
      'a constant beside decorated parameters',
      `class S { constructor(@Inject('db') db: D) {} }\nexport const A = 'x';`,
    ],
    ['a constant beside an accessor', `class S { accessor n = 1; }\nexport const A = 'x';`],
    [
      'an export that gets another member',
      `const o = { A: 'x' };\nmodule.exports = o;\nmodule.exports.n = 1;`,
    ],
    ['a member called prototype', `export const P: any = {};\nP.prototype = 'x';`, { prototype: 'x' }],
    ['members of a function', `export function P() {}\nP.A = 'x';`],
    ['members of a default function', `export default function P() {}\nP.A = 'x';`],
    ['members of a function by another name', `const p = () => {};\np.A = 'x';\nexport { p as P };`],
    ['a namespace of a function', `export function P() {}\nexport namespace P { export const A = 'x'; }`],
    ['statics of a class expression', `export const P = class { static A = 'x'; };`],
    ['statics of a class that is extended', `class O { static A = 'x'; }\nexport class P extends O {}`],
    ['a namespace', `export namespace P { const B = 'x'; export const A = B; }`],
    [
      'a namespace in a namespace',
      `export namespace P { export namespace Q { const x = 1; } export const A = 'x'; }`,
    ],
    [
      'a namespace of two parts',
      `namespace P { export const A = 'x'; }\nnamespace P { export const n = 1; }\nexport { P };`,
    ],
    ['a Map', `export const P = new Map([['A', 'x']]);`],
    [
      'a typed Map',
      `export const P: ReadonlyMap<string, string> = new Map<string, string>([['A', 'x']] as const);`,
    ],
    ['a Map of an object', `export const P = new Map(Object.entries({ A: 'x' }));`],
    ['an object of a Map', `export const P = Object.fromEntries(new Map([['A', 'x']]));`],
    ['a Map that is filled', `export const P = new Map<string, string>();\nP.set('A', 'x');`],
    ['an object that is filled', `export const P: Record<string, string> = {};\nP.A = 'x';`],
    ['an object that is filled by text', `const P = {};\nP['A'] = 'x';\nexport default P;`],
    ['Object.assign', `export const P = Object.assign({}, { A: 'y' }, { A: 'x' });`],
    ['Object.assign later', `export const P = {};\nObject.assign(P, { A: 'x' });`],
    ['what is taken apart', `const O = { A: 'x' };\nexport const { A } = O;`],
    ['what is taken apart under another name', `const O = { K: 'x' };\nexport const { K: A } = O;`],
    ['an item of a list', `const L = ['y', 'x'];\nexport const A = L[1];`],
    ['a joined list by name', `const L = ['x'];\nexport const A = [...L].join('');`],
    ['String.raw', `export const A = String.raw\`x\`;`],
    ['trim', `export const A = \`\n  x\n\`.trim();`],
    [
      'a template of constants',
      `const P = { K: 'x' } as const;\nexport const A = \`\${P.K}\` satisfies string;`,
    ],
    ['an alias', `namespace N { export const B = 'x'; }\nexport import A = N.B;`],
    ['export =', `export = { A: 'x' };`],
    ['exports by text', `exports['A'] = 'x';`],
    [
      'exports at once',
      `exports.A = exports.B = 'x';\n// prompt-ledger-ignore\nexports.B = 1;`,
      { A: 'x', B: 'x' },
    ],
    ['exports and module.exports', `exports = module.exports = { A: 'x' };`],
    ['Object.assign of exports', `Object.assign(module.exports, { A: 'x' });`],
    ['an object in exports', `exports.P = {};\nexports.P.A = 'x';`],
    [
      'messages',
      `export const A = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: '{{q}}' }] as const;`,
      { A: 'system: Be brief.\nuser: {{q}}' },
    ],
    ['messages in an object', `export const P = { A: [{ role: 'user', content: 'x' }] };`, { A: 'user: x' }],
    [
      'messages in an object of their own',
      `export const A = { messages: [{ role: 'user', content: 'x' }], tags: ['a'] };`,
      { A: 'user: x' },
    ],
    [
      'messages in a Map',
      `export const P = new Map([['A', [{ role: 'user', content: 'x' }]]]);`,
      { A: 'user: x' },
    ],
    [
      'messages of statics',
      `export class P { static A = [{ role: 'assistant', content: 'x' }]; }`,
      { A: 'assistant: x' },
    ],
    ['a description', `export const P = { A: { template_source: 'x', description: 'Says it' } };`],
  ] as [string, string, Readonly<Record<string, string>>?][])(
    'may be written with %s',
    (_name, source, texts = { A: 'x' }) => {
      expect(textsOf(source)).toEqual(texts);
    },
  );

  it('keep what is said about them', () => {
    const source = `export const P = {\n  A: {\n    description: 'Says ' + 'it',\n    owner_team: 'Docs',\n    tags: ['a', 'b'],\n    template_source: 'x',\n  },\n};`;
    expect(read(source).prompts).toEqual([
      {
        name: 'A',
        content: text('x'),
        description: 'Says it',
        ownerTeam: 'Docs',
        tags: ['a', 'b'],
        file: 'src/prompts.ts',
        line: 2,
      },
    ]);
  });

  it('have the lines on which they stand', () => {
    const source = `export enum E {\n  A = 'a',\n}\nexport class C {\n  static B = 'b';\n}\nexport namespace N {\n  export const D = 'd';\n}\nexport const M = new Map([\n  ['F', 'f'],\n]);\nM.set('G', 'g');\n`;
    expect(read(source).prompts.map(({ name, line }) => `${name}:${line}`)).toEqual([
      'A:2',
      'B:5',
      'D:8',
      'F:11',
      'G:13',
    ]);
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

  it.each([
    'export type T = string;\nexport interface I {}',
    `export const N = 5;\nexport const NEG = -1;\nexport const NO = null;\nexport const R = /x/;\nexport let n = 0;`,
    `export const F = () => 'x';\nexport function g() {}\nfunction h() {}\ninterface I {}\nexport { h, type I as J };`,
    `export const O = { n: 1, f() {}, l: [], o: { m: { k: 2 } }, e: [1, 2, [3]] };`,
    'export class C {}\nexport default class {}',
    `export function F() {}\nF.prototype.m = function () { return 'x'; };\nF.prototype['n'] = 1;\nF.prototype.o = 'x';`,
    `export class C { n = 1; f = () => 'x'; private own = 'x'; constructor(private a: string) {} m() { return 'x'; } static s() { return 'x'; } }`,
    'export enum E { A, B = 3, C = A | B }',
    `export declare const D: string;\nexport declare enum E { A = 'x' }\nexport declare class C { static a: string }\ndeclare global { const x = 'a' }`,
    'export namespace N { export const n = 1; export type T = string; export function f() {} }\nexport namespace Types { export interface A {} }',
    `export const L = [1, 2];\nexport const E = [];\nexport const S = new Set([1]);\nexport const M = new Map([['a', 1]]);\nexport const M2 = new Map();`,
    `export const api = new Api();\nexport const when = new Date('2026-01-01');\nexport const url = new URL('http://a');\nexport const s = Symbol('x');`,
    `class Api { base = 'x'; }\nexport const n = Number('5');`,
    `enum Own { A = 'x' }\nnamespace Own2 { export const B = 'x'; }\nclass Own3 { static C = 'x'; }\nconst OWN = ['x'];\nOWN.push('y');`,
    `export const P = {};\nconsole.log('x');\nP.n = 1;\nsetUp('x');\nif (P) { console.log('x'); }`,
    `import type { T } from './t';\nimport { type U } from './u';\nexport type { T };\nexport { type U };`,
    `interface I {}\ntype T = 'x';\nexport { I, T };`,
  ])('are not what certainly is none: %s', (source) => {
    expect(read(source)).toEqual({ prompts: [], problems: [] });
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

describe('any text', () => {
  /** Contains every character that is special in some notation. */
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
