import { readModules, runModules, type Sources } from './run-modules.testkit.js';

const MADE = `const o: any = { A: 'a', B: 'b', deep: { C: 'c' }, list: [{ D: 'd' }] };`;
const USED = `export const A = o.A, B = o.B, C = o.deep.C, D = o.list[0].D;`;

/** Statements that change the object, or what is in it. */
const CHANGES: readonly ((name: string) => string)[] = [
  (it) => `${it}.A = 'y';`,
  (it) => `${it}['A'] += 'y';`,
  (it) => `${it}.deep.C = 'y';`,
  (it) => `${it}.list[0].D = 'y';`,
  (it) => `${it}.list = [{ D: 'y' }];`,
  (it) => `${it}.list.unshift({ D: 'y' });`,
  (it) => `[${it}.A, ${it}.B] = ['y', 'z'];`,
  (it) => `({ y: ${it}.B } = { y: 'y' } as any);`,
  (it) => `for (const key of ['A', 'B']) ${it}[key] = 'y' + key;`,
  (it) => `for (const item of ${it}.list) item.D = 'y';`,
  (it) => `${it}.list.forEach((each: any) => { each.D = 'y'; });`,
  (it) => `Object.values(${it}).forEach((each: any) => { if (each.C) each.C = 'y'; });`,
  (it) => `{ const { deep } = ${it}; deep.C = 'y'; }`,
  (it) => `Object.assign(${it}, { B: 'y' });`,
  (it) => `Reflect.set(${it}, 'A', 'y');`,
  (it) => `Object.assign(${it}.deep, { C: 'y' });`,
];

/** Statements that use it and change at most what they make of it. */
const USES: readonly ((name: string) => string)[] = [
  (it) => `JSON.stringify(${it});`,
  (it) => `Object.keys(${it}).sort();`,
  (it) => `Object.values(${it}).reverse();`,
  (it) => `[...${it}.list].reverse();`,
  (it) => `${it}.list.slice().sort();`,
  (it) => `${it}.list.filter(Boolean).push({ D: 'y' });`,
  (it) => `${it}.list.map((each: any) => each.D);`,
  (it) => `({ ...${it} }).A = 'y';`,
  (it) => `{ const { A, ...rest } = ${it}; rest.B = 'y'; }`,
  (it) => `structuredClone(${it}).A = 'y';`,
  (it) => `{ const held = [${it}]; held.push({ A: 'y' }); held.pop(); }`,
];

type Reach = (make: (name: string) => string) => string | { readonly index: string; readonly lib: string };

/** Ways in which a statement may reach the object while the module loads. */
const REACHES: Readonly<Record<string, Reach>> = {
  directly: (make) => make('o'),
  'in a block': (make) => `if (MADE_AT > 0) { ${make('o')} }`,
  'by an alias': (make) => `const other = o; ${make('other')}`,
  'by an alias of an alias': (make) => `const T = o; const U = T; ${make('U')}`,
  'by an alias in a block': (make) => `{ const other = o; ${make('other')} }`,
  'by a variable': (make) => `let other: any; other = o; ${make('other')}`,
  'by a choice': (make) => `const other = MADE_AT > 0 ? o : null; ${make('other')}`,
  'in an object': (make) => `const all: any = { o }; ${make('all.o')}`,
  'in an object that got it': (make) => `const all: any = {}; all.o = o; ${make('all.o')}`,
  'in a list': (make) => `const all: any[] = [o]; ${make('all[0]')}`,
  'in a Map': (make) => `const all = new Map([['o', o]]); ${make(`all.get('o')!`)}`,
  'in a loop': (make) => `for (const each of [o]) { ${make('each')} }`,
  'in a callback': (make) => `[o].forEach((each) => { ${make('each')} });`,
  'by a function': (make) => `function f() { ${make('o')} } f();`,
  'by a parameter': (make) => `const f = (p: any) => { ${make('p')} }; f(o);`,
  'by a default': (make) => `const f = (n = 1, p = o) => { ${make('p')} }; f();`,
  'by a rest': (make) => `const f = (...all: any[]) => { ${make('all[0]')} }; f(o);`,
  'by a pattern': (make) => `const f = ({ p }: any) => { ${make('p')} }; f({ p: o });`,
  'in place': (make) => `((p: any) => { ${make('p')} })(o);`,
  'by a function of a function': (make) =>
    `const f = (p: any) => { ${make('p')} }; const g = (q: any) => f(q); g(o);`,
  'by a function that was made': (make) =>
    `const f = () => (p: any) => { ${make('p')} }; const g = f(); g(o);`,
  'by a function that is given': (make) =>
    `const tap = (p: any, f: any) => { f(p); return p; }; tap(o, (q: any) => { ${make('q')} });`,
  'by call': (make) => `function f(this: any) { const self = this; ${make('self')} } f.call(o);`,
  'by apply': (make) => `function f(p: any) { ${make('p')} } f.apply(null, [o]);`,
  'by a method of an object': (make) => `const h = { f(p: any) { ${make('p')} } }; h.f(o);`,
  'by a static': (make) => `class H { static f(p: any) { ${make('p')} } } H.f(o);`,
  'by a constructor': (make) => `class H { constructor(p: any) { ${make('p')} } } new H(o);`,
  'by a method': (make) => `class H { f(p: any) { ${make('p')} } } class I extends H {} new I().f(o);`,
  'by another file': (make) => ({
    index: `import { f } from './lib'; f(o);`,
    lib: `export function f(p: any) { ${make('p')} }`,
  }),
  'by an object of another file': (make) => ({
    index: `import * as lib from './lib'; lib.h.f(o);`,
    lib: `const h = { f(p: any) { ${make('p')} } }; export { h };`,
  }),
};

function sourcesOf(reach: Reach, make: (name: string) => string): Sources {
  const reached = reach(make);
  const { index, lib = '' } = typeof reached === 'string' ? { index: reached } : reached;
  return { index: `const MADE_AT = Date.now();\n${MADE}\n${index}\n${USED}`, lib };
}

describe.each(Object.entries(REACHES))('an object that is reached %s', (_, reach) => {
  it.each(CHANGES.map((make) => [make('it'), make] as const))('is not read as it was: %s', (__, make) => {
    const sources = sourcesOf(reach, make);
    const { prompts, problems } = readModules(sources);
    expect(runModules(sources)).not.toEqual({ A: 'a', B: 'b', C: 'c', D: 'd' });
    if (problems.length === 0) expect(prompts).toEqual(runModules(sources));
  });

  it.each(USES.map((make) => [make('it'), make] as const))('is read as it is: %s', (__, make) => {
    const sources = sourcesOf(reach, make);
    expect(readModules(sources)).toEqual({ prompts: runModules(sources), problems: [] });
  });
});
