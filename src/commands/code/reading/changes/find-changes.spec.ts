import { CodeModule } from '../code-module.js';
import { readModulePrompts } from '../module-prompts.js';

const read = (source: string) => readModulePrompts('src/prompts.ts', source);
const problemsOf = (source: string) =>
  read(source).problems.map(({ line, message }) => `${line}: ${message}`);
/** The problem is reported where the name is used, with the line of the change. */
const CHANGED = '3: P cannot be read: o is changed when the code runs: write it where it is made (line 2)';

describe('what is changed after it was made', () => {
  it.each([
    `o.A = 'y';`,
    `o['A'] = 'y';`,
    `o[key()] = 'y';`,
    `o.A += 'y';`,
    `o.A ||= 'y';`,
    `o.n++;`,
    `delete o.A;`,
    `(o as any).A = 'y';`,
    `o!.A = 'y';`,
    `[o.A] = ['y'];`,
    `({ x: o.A, ...o.B } = all);`,
    `[o.A = 'y'] = [];`,
    `for (o.A of ['y']);`,
    `for (const k of ['A']) o[k] = 'y';`,
    `if (big) { o.A = 'y'; }`,
    `{ const other = o; other.n = 1; o.A = 'y'; }`,
    `const other = o; other.A = 'y';`,
    `(() => { o.A = 'y'; })();`,
    `(function () { o.A = 'y'; })();`,
    `keys.forEach((k) => { o[k] = 'y'; });`,
    `Object.assign(o, { A: 'y' });`,
    `Object.defineProperty(o, 'A', { value: 'y' });`,
    `Reflect.set(o, 'A', 'y');`,
    `o.deep.list.push('y');`,
    `setUp(o.A = 'y');`,
    `true && (o.A = 'y');`,
    `class C { static { o.A = 'y'; } }`,
    `try { o.A = 'y'; } catch (e) {}`,
    `setUp(); function setUp() { o.A = 'y'; }`,
    `const setUp = () => { o.A = 'y'; }; setUp();`,
    `async function setUp() { o.A = 'y'; } await setUp();`,
    `export function setUp(p) { p.A = 'y'; } setUp(o);`,
    `const setUp = ({ n }, p = {}) => { p.A = 'y'; }; setUp(all, o);`,
    `const setUp = (k) => { o[k] = 'y'; }; keys.forEach(setUp);`,
    `const first = () => second(); const second = () => { first(); o.A = 'y'; }; first();`,
    `const first = (p) => second(p); const second = (q) => { q.A = 'y'; }; first(o);`,
    `function setUp(p, text) { p.A = text; } setUp(o, 'y');`,
    `function setUp(p) { p.A = 'y'; } setUp(...[o]);`,
    `function setUp(this: any) { this.A = 'y'; } setUp.call(o);`,
    `function setUp(p) { p.A = 'y'; } setUp.bind(null, o)();`,
    `const setUp = (parts) => { o.A = 'y'; return ''; }; setUp\`x\`;`,
    `new (class { constructor(p) { p.A = 'y'; } })(o);`,
    `for (const each of [o, other]) each.A = 'y';`,
    `[1].reduce((all) => { all.A = 'y'; return all; }, o);`,
    `for (const each of Object.values(o)) each.list[0] = 'y';`,
    `const { deep } = o; deep.A = 'y';`,
    `(big ? o : {}).A = 'y';`,
  ])('is not read as it was before: %s', (change) => {
    const source = `const o: any = { A: 'x' };\n${change}\nexport const P = o;`;
    expect(read(source).prompts).toEqual([]);
    expect(problemsOf(source)).toEqual([CHANGED]);
  });

  it.each([
    [`const o = ['x'];`, `o.push('y');`, `o.join('')`],
    [`const o = ['x', 'y'];`, `o[0] = 'z';`, `o.join('')`],
    [`const o = ['x', 'y'];`, `o.length = 1;`, `o.join('')`],
    [`const o = ['x', 'y'];`, `o.reverse();`, `[...o].join('')`],
    [`const o = new Map([['A', 'x']]);`, `o.set('A', 'y');`, `o`],
    [`const o = new Map([['A', 'x']]);`, `o.delete('A');`, `o`],
    [`const o = { A: 'x' };`, `o.A = 'y';`, `o.A`],
    [`const o = { A: 'x' };`, `o.A = 'y';`, `{ ...o }`],
    [`enum o { A = 'x' }`, `(o as any).A = 'y';`, `o.A`],
  ])('is not part of another: %s %s %s', (made, change, used) => {
    expect(problemsOf(`${made}\n${change}\nexport const P = ${used};`)).toEqual([CHANGED]);
  });

  it.each([
    `export const P: any = { A: 'x' };\ndelete P.A;`,
    `export const P: any = { A: 'x' };\n(P as any).A = 'y';`,
    `export const P = new Map([['A', 'x']]);\nP.clear();`,
    `export const P: any = {};\n(() => { P.A = 'x'; })();`,
    `export const P: any = {};\nP.A = 'x', P.B = 'y';`,
    `export enum P { A = 'x' }\n(P as any).A = 'y';`,
    `export const P: any = {};\nconst setUp = () => { P.A = 'x'; }; setUp();`,
  ])('is said of what is exported: %s', (source) => {
    expect(problemsOf(source)).toEqual([
      '2: P cannot be read: it is changed when the code runs: write it where it is made',
    ]);
  });

  it.each([
    [`const o: any = { A: 'x', setUp() { this.A = 'y'; } };`, `o.setUp();`],
    [`class o { static A = 'x'; static setUp() { this.A = 'y'; } }`, `o.setUp();`],
    [`function o() {}`, `o.A = 'y';`],
    [`export const o: any = { A: 'x' };`, `o.B = 'y';`],
  ])('is not read as it was before: %s %s', (made, change) => {
    expect(problemsOf(`${made}\n${change}\nexport const P = o.A;`)).toEqual([expect.stringMatching(/^3: P/)]);
  });

  it.each([
    [`import { setUp } from './texts';`, `setUp(o);`, `export function setUp(p) { p.A = 'y'; }`],
    [`import setUp from './texts';`, `setUp(o);`, `export default (p) => { p.A = 'y'; };`],
    [
      `import * as texts from './texts';`,
      `texts.set(o);`,
      `export { setUp as set }; const setUp = (p) => { p.A = 'y'; };`,
    ],
    [
      `import { helpers } from './texts';`,
      `helpers.setUp(o);`,
      `export const helpers = { setUp(p) { p.A = 'y'; } };`,
    ],
    [
      `import { Helper } from './texts';`,
      `new Helper().setUp(o);`,
      `export class Helper { setUp(p) { p.A = 'y'; } }`,
    ],
    [`const { setUp } = require('./texts');`, `setUp(o);`, `module.exports = { setUp(p) { p.A = 'y'; } };`],
    [`const texts = require('./texts');`, `texts.setUp(o);`, `exports.setUp = (p) => { p.A = 'y'; };`],
    [
      `import { o as other, setUp } from './texts';`,
      `setUp(); const P = other.A; export { P };`,
      `export const o: any = { A: 'x' }; export function setUp() { o.A = 'y'; }`,
    ],
    [
      `import { other } from './texts';`,
      `const P = other.A; export { P };`,
      `const o: any = { A: 'x' }; for (const k of ['A']) o[k] = 'y'; export { o as other };`,
    ],
    [
      `import * as texts from './texts';`,
      `const P = texts.o.A; export { P };`,
      `export const o: any = { A: 'x' }; fill(o); function fill(p) { p.A = 'y'; }`,
    ],
  ])('is not read as it was before where another file has part in it: %s %s %s', (made, change, texts) => {
    const other = new CodeModule('src/texts.ts', texts, () => null);
    const own = change.includes('export') ? '' : `const o: any = { A: 'x' };\nexport const P = o.A;`;
    const { prompts, problems } = readModulePrompts(
      'src/index.ts',
      `${made}\n${own}\n${change}`,
      () => other,
    );
    expect(prompts).toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^P cannot be read: \w+ is changed when the code runs: write it where it is made \(src\/texts\.ts:1\)$/,
      ),
    ]);
  });

  it('is not read as it was before through a file that passes it on', () => {
    const files: Readonly<Record<string, string>> = {
      './index': `export * from './texts';`,
      './texts': `export const T: any = { A: 'x' };\nfor (const k of ['A']) T[k] = 'y';`,
    };
    const open = (specifier: string): CodeModule =>
      new CodeModule(`${specifier}.ts`, files[specifier] ?? '', open);
    const source = `import { T } from './index';\nexport const P = T.A;`;
    const { prompts, problems } = readModulePrompts('src/prompts.ts', source, open);
    expect(prompts).toEqual([]);
    expect(problems).toMatchObject([{ line: 2, message: expect.stringContaining('T is changed') as string }]);
  });

  it('is looked for once in each of many files that pass on one another', () => {
    const count = 40;
    const pass = (at: number) =>
      `export * from './${(at + 1) % count}';\nexport * from './${(at + 2) % count}';`;
    const modules = new Map<string, CodeModule>();
    const open = (specifier: string): CodeModule => {
      const module =
        modules.get(specifier) ?? new CodeModule(specifier, pass(Number(specifier.slice(2))), open);
      modules.set(specifier, module);
      return module;
    };
    const source = `import { setUp, T } from './0';\nconst o = { A: 'x' };\nsetUp(o);\nexport const P = o;`;
    const { prompts, problems } = readModulePrompts('src/index.ts', source, open);
    expect(prompts).toMatchObject([{ name: 'A', content: { templateSource: 'x' } }]);
    expect(problems).toEqual([]);
  });

  it('is of no interest where no text is in it', () => {
    const source = `export const registry: any = {};\nfunction setUp() { registry.client = connect(); }\nsetUp();`;
    expect(read(source)).toEqual({ prompts: [], problems: [] });
  });

  it('is read as it becomes where another file imports it', () => {
    const files = new Map<string, string>([
      ['./texts', `export const T: any = { A: 'x', B: 'y' };\nT.A = 'z';`],
    ]);
    const open = (specifier: string) => {
      const source = files.get(specifier);
      return source === undefined ? null : new CodeModule('src/texts.ts', source, () => null);
    };
    const { prompts, problems } = readModulePrompts(
      'src/index.ts',
      `import { T } from './texts';\nexport const P = T.A + T.B;`,
      open,
    );
    expect(problems).toEqual([]);
    expect(prompts).toMatchObject([{ name: 'P', content: { templateSource: 'zy' } }]);
  });

  it.each([
    `function f() { o.A = 'y'; }`,
    `function f(o) { o.A = 'y'; } f({});`,
    `function f(p) { p.A = 'y'; } f(other); f({ ...o });`,
    `function f(p) { { const p = {}; p.A = 'y'; } } f(o);`,
    `{ const f = () => {}; f(o); } function f() { o.A = 'y'; }`,
    `const f = () => { o.A = 'y'; };`,
    `class C { m() { o.A = 'y'; } }`,
    `const f = (o: any) => { o.A = 'y'; };`,
    `((o) => { o.A = 'y'; })({});`,
    `(({ o }, [p]) => { o.A = 'y'; })(all);`,
    `{ const o: any = {}; o.A = 'y'; }`,
    `for (const o of all) o.A = 'y';`,
    `for (let o: any = {}; ; ) o.A = 'y';`,
    `try {} catch (o) { o.A = 'y'; }`,
    `namespace N { const o: any = {}; o.A = 'y'; }`,
    `other.o.A = 'y';`,
    `o.hooks.push(() => 1);`,
    `console.log(o.A);`,
    `o.get('A');`,
    `({ ...o }).A = 'y';`,
    `function f(g) { g(f); } f(f); f((h) => h(f));`,
    `const copy = { ...o }; copy.A = 'y';`,
    `const { A, ...rest } = o; rest.A = 'y';`,
    `Object.values(o).sort();`,
    `[...o.hooks].reverse();`,
    `o.hooks.filter(Boolean).push('y');`,
    `const all: any[] = []; all.push(o); all.push('y');`,
    `const all: any = { o }; all.p = 'y';`,
    `class Registry { all = []; add(p) { this.all.push(p); } } new Registry().add(o);`,
    `function list(p) { for (const [k, v] of Object.entries(p)) console.log(k, v); } list(o);`,
  ])('is not what is another, or changes later: %s', (source) => {
    const { prompts, problems } = read(
      `const o: any = { A: 'x', hooks: [] };\n${source}\nexport const P = { A: o.A };`,
    );
    expect(problems).toEqual([]);
    expect(prompts).toMatchObject([{ name: 'A', content: { templateSource: 'x' } }]);
  });
});

it.each([
  ['change what they are given', "p.A = 'y';", 'f0(o);', 202],
  ['call what they are given', 'p(o);', "f0((q) => { q.A = 'y'; });", 203],
])(
  'functions that call one another many times over and %s are each followed once',
  (_, change, call, line) => {
    const count = 200;
    const functions = Array.from(
      { length: count },
      (_, at) => `function f${at}(p) { f${at + 1}(p); f${at + 1}(p); f${Math.max(0, at - 1)}(p); }`,
    );
    const source = [
      `const o = { A: 'x' };`,
      ...functions,
      `function f${count}(p) { ${change} }`,
      call,
      `export const P = o;`,
    ].join('\n');
    expect(problemsOf(source)).toEqual([
      `${count + 4}: P cannot be read: o is changed when the code runs: write it where it is made (line ${line})`,
    ]);
  },
);

describe('a source that goes too deep', () => {
  it.each([3000, 4000, 5000, 6000, 8000])('is read or a problem, with %i parts', (count) => {
    const sum = Array.from({ length: count }, () => `'a'`).join(' + ');
    const { prompts, problems } = read(`export const A = ${sum};`);
    expect(prompts.length + problems.length).toBe(1);
  });

  it.each([
    `export const A = ${'('.repeat(20_000)}'a'${')'.repeat(20_000)};`,
    `export const A = ${'['.repeat(20_000)}${']'.repeat(20_000)};`,
  ])('is a problem of its file', (source) => {
    expect(problemsOf(source)).toEqual([
      '1: it does not parse: An expression has too many parts in one another',
    ]);
  });
});
