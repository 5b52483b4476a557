import { readModulePrompts } from './module-prompts.js';

const read = (source: string, file = 'src/prompts.ts') => readModulePrompts(file, source);
const problemsOf = (source: string, file?: string) =>
  read(source, file).problems.map(({ line, message }) => `${line}: ${message}`);

describe('what cannot be read', () => {
  it.each([
    [`export const A = build();`, '1: A cannot be read: it is the answer of a call'],
    [
      `import { B } from './b';\nexport const A = 'x' + B;`,
      '2: A cannot be read: B comes from "./b", where it cannot be read (line 1)',
    ],
    [
      `export const A = \`x \${process.env.B}\`;`,
      '1: A cannot be read: process is not a constant in this file',
    ],
    [
      `export const P = new Proxy({ A: 'x' }, { get: () => 'y' });`,
      '1: P cannot be read: what a constructor makes of a text is only known when the code runs',
    ],
    [
      `const all = { A: 'x' };\nexport const P = new Proxy(all, handler);`,
      '2: P cannot be read: what a constructor makes of a text is only known when the code runs',
    ],
    [`export const A = dedent\`x\`;`, '1: A cannot be read: a tagged template is a call of a function'],
    [`export const A = is ? 'x' : 'y';`, '1: A cannot be read: its text is only known when the code runs'],
    [`export let A = 'x';`, '1: A cannot be read: it may change, make it a const'],
    [`export const { A } = all;`, '1: A cannot be read: all is not a constant in this file'],
    [`export const [A] = all;`, '1: This destructuring cannot be read: give each prompt its own constant'],
    [`const B = A;\nexport const A = B;`, '2: A cannot be read: B is made of itself (line 1)'],
    [`export const P = {\n  A: f(),\n  B: 'x',\n};`, '2: A cannot be read: it is the answer of a call'],
    [
      `export const P = { get A() { return 'x'; } };`,
      '1: A cannot be read: a getter is only known when the code runs',
    ],
    [`export const P = { ...other };`, '1: P cannot be read: other is not a constant in this file'],
    [`export default 'x';`, '1: A default export is not a prompt: export it under its name'],
    [`export const A = 'x' + [];`, '1: A cannot be read: only text and numbers can be put together'],
    [`let A = 'x';\nexport { A };`, '1: A cannot be read: it may change, make it a const'],
    [`export { A };`, `1: it does not parse: Export 'A' is not defined`],
    [`export let A;`, '1: A cannot be read: it may change, make it a const'],
    [`export var A = 'x';`, '1: A cannot be read: it may change, make it a const'],
    [
      `export const A = ['x', 'y'];`,
      '1: A cannot be read: texts in a list have no name, give each one a name in an object',
    ],
    [
      `export const P = {\n  A: ['x'],\n};`,
      '2: A cannot be read: texts in a list have no name, give each one a name in an object',
    ],
    [
      `export const A = new Set(['x']);`,
      '1: A cannot be read: texts in a list have no name, give each one a name in an object',
    ],
    [`export default ['x'];`, '1: A default export is not a prompt: export it under its name'],
    [
      `export const A = [{ name: 'B', text: 'x' }];`,
      '1: A cannot be read: texts in a list have no name, give each one a name in an object',
    ],
    [
      `export const A = [{ role: 'user', content: 'x' }, { role: 'tool', content: 'y' }];`,
      '1: A cannot be read: a message is a role (system, user or assistant) and a content, both text',
    ],
    [
      `export const A = [{ role: 'user', content: [{ type: 'text', text: 'x' }] }];`,
      '1: A cannot be read: a message is a role (system, user or assistant) and a content, both text',
    ],
    [
      `export const A = {\n  messages: [{ role: 'user', content: 'x' }],\n  temperature: 0,\n};`,
      '1: A cannot be read: temperature is not kept of a prompt in code, which may have messages, template_source, description, owner_team, tags (line 3)',
    ],
    [`export const A = new Map(entries);`, '1: A cannot be read: entries is not a constant in this file'],
    [`export const P = new Map([['A', f()]]);`, '1: A cannot be read: it is the answer of a call'],
    [
      `export const P = new Map([['A', 'x', 'y']]);`,
      '1: P cannot be read: what is in the Map is only known when the code runs',
    ],
    [
      `export const A = new Template('x');`,
      '1: A cannot be read: what a constructor makes of a text is only known when the code runs',
    ],
    [
      `class P { greeting = 'x'; }\nexport const A = new P();`,
      '2: A cannot be read: the texts of an instance are only known when the code runs: make them static',
    ],
    [
      `export class P {\n  greeting = 'x';\n}`,
      '2: greeting cannot be read: it belongs to instances of the class: make it static',
    ],
    [
      `export class P {\n  static get A() { return 'x'; }\n}`,
      '2: A cannot be read: a getter is only known when the code runs',
    ],
    [
      `export class P {\n  static {\n    P.A = 'x';\n  }\n}`,
      '2: static cannot be read: a static block is only known when the code runs',
    ],
    [
      `export class P {\n  @upper static A = 'x';\n}`,
      '2: A cannot be read: what a decorator makes of a text is only known when the code runs',
    ],
    [`export class P { static A = build(); }`, '1: A cannot be read: it is the answer of a call'],
    [`export enum P { A = 1, B = f() }`, '1: B cannot be read: it is the answer of a call'],
    [`export namespace P {\n  export let A = 'x';\n}`, '2: A cannot be read: it may change, make it a const'],
    [
      `export namespace P { export namespace Q { export const A = 'x'; } }`,
      '1: Q cannot be read: prompts in objects in objects have no name, export Q itself',
    ],
    [
      `export const P = [];\nP.push('x');`,
      '2: P cannot be read: it is put there when the code runs: write it where the object is made',
    ],
    [
      `export const P = { q: {} };\nP.q.r = 'x';`,
      '2: P cannot be read: it is put there when the code runs: write it where the object is made',
    ],
    [
      `Object.defineProperty(exports, 'A', { value: 'x' });`,
      '1: The export cannot be read: it is put there when the code runs: write it where the object is made',
    ],
    [
      `if (big) {\n  exports.A = 'x';\n}`,
      '1: What is exported here cannot be read: it is only known when the code runs',
    ],
    [
      `export const P = {};\nfor (const k of ks) P[k] = 'x';`,
      '2: What is exported here cannot be read: it is only known when the code runs',
    ],
    [
      `module.exports = require('./texts');`,
      '1: The export cannot be read: it is in a file that cannot be read',
    ],
    [`export const P = { ...['x'] };`, '1: P cannot be read: only objects can be spread in an object'],
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

  it.each([
    [`export * from './a.js';`, 'Exports of "./a.js" are not followed: only files of the code base are read'],
    [`export * as P from 'pkg';`, 'Exports of "pkg" are not followed: only files of the code base are read'],
    [`export { B } from '@/b';`, 'Exports of "@/b" are not followed: only files of the code base are read'],
    [`import C from './c';\nexport { C };`, 'C cannot be read: C comes from "./c", where it cannot be read'],
  ])('is what other files pass on, where they are not there: %s', (source, message) => {
    expect(problemsOf(source)).toEqual([`1: ${message}`]);
  });
});
