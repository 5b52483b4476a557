import { CodeModule } from './code-module.js';
import { textOf } from '../content-text.testkit.js';
import { readModulePrompts } from './module-prompts.js';

describe('what files export of others', () => {
  const FILES: Readonly<Record<string, string>> = {
    './texts': `export const A = 'x';\nexport const B = 'y';\nexport type T = string;\nexport default { D: 'z' };`,
    './names': `import { A } from './texts';\nexport const WHO = A + '!';\nexport enum E { K = 'k' }`,
    './common': `module.exports = { A: 'x' };\nexports.B = 'y';`,
    './one': `export * from './two';\nexport const ONE = '1';`,
    './two': `export * from './one';\nexport const TWO = '2';`,
  };
  const modules = new Map<string, CodeModule>();
  const open = (specifier: string): CodeModule | null => {
    const source = FILES[specifier];
    if (source === undefined) return null;
    const known = modules.get(specifier) ?? new CodeModule(`src/${specifier.slice(2)}.ts`, source, open);
    modules.set(specifier, known);
    return known;
  };
  const placesOf = (source: string) => {
    const { prompts, problems } = readModulePrompts('src/index.ts', source, open);
    return [
      ...prompts.map(({ name, content, file, line }) => `${name}=${textOf(content)} ${file}:${line}`),
      ...problems.map(({ file, line, message }) => `${file}:${line} ${message}`),
    ];
  };

  it.each([
    [`export * from './texts';`, ['A=x src/texts.ts:1', 'B=y src/texts.ts:2']],
    [`export { A as HI, T } from './texts';`, ['HI=x src/texts.ts:1']],
    [`export { default as P } from './texts';`, ['D=z src/texts.ts:4']],
    [`export { A, default } from './texts';`, ['A=x src/texts.ts:1', 'D=z src/texts.ts:4']],
    [`export * as P from './texts';`, ['A=x src/texts.ts:1', 'B=y src/texts.ts:2']],
    [`import { A } from './texts';\nexport { A };`, ['A=x src/index.ts:1']],
    [`import { A as HI } from './texts';\nexport const P = { HI };`, ['HI=x src/index.ts:2']],
    [`import * as T from './texts';\nexport const P = \`\${T.A} \${T.B}\`;`, ['P=x y src/index.ts:2']],
    [`import P from './texts';\nexport const Q = { ...P };`, ['D=z src/texts.ts:4']],
    [`import { WHO, E } from './names';\nexport const P = WHO + E.K;`, ['P=x!k src/index.ts:2']],
    [`const { A } = require('./texts');\nmodule.exports.P = A;`, ['P=x src/index.ts:2']],
    [`module.exports = require('./common');`, ['A=x src/common.ts:1', 'B=y src/common.ts:2']],
    [`import { A } from './common';\nexport const P = A;`, ['P=x src/index.ts:2']],
    [`import T = require('./texts');\nexport const P = T.D;`, ['P=z src/index.ts:2']],
    [`export * from './one';`, ['TWO=2 src/two.ts:2', 'ONE=1 src/one.ts:2']],
    [
      `export { NONE } from './texts';`,
      ['src/index.ts:1 NONE cannot be read: NONE is not an export of "./texts"'],
    ],
  ])('is read where it stands: %s', (source, found) => {
    expect(placesOf(source)).toEqual(found);
  });
});
