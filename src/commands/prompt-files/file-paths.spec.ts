import fc from 'fast-check';
import path from 'node:path';
import { PROMPT_NAME } from '../../kernel/index.js';
import { assignFilePaths } from './file-paths.js';

const pathsOf = (...names: string[]) => [...assignFilePaths(names).values()];

describe('the paths of prompt files', () => {
  it('are the names, with a folder for each slash', () => {
    expect(pathsOf('welcome', 'team/mails/order.v2', '.hidden')).toEqual([
      '.hidden.prompt.md',
      'team/mails/order.v2.prompt.md',
      'welcome.prompt.md',
    ]);
  });

  it('never lead out of the folder', () => {
    expect(pathsOf('../x', 'a/../../b', './c', '/etc/passwd', 'd//e', 'f/', '.', '..')).toEqual([
      '%2E.prompt.md',
      '%2E%2E.prompt.md',
      '%2E%2E/x.prompt.md',
      '%2E/c.prompt.md',
      '%/etc/passwd.prompt.md',
      'a/%2E%2E/%2E%2E/b.prompt.md',
      'd/%/e.prompt.md',
      'f/%.prompt.md',
    ]);
  });

  it('differ in more than case, and are no devices, nor folders that are called as a file is', () => {
    expect(pathsOf('Welcome', 'welcome', 'WELCOME')).toEqual([
      'WELCOME.prompt.md',
      'Welcome%2.prompt.md',
      'welcome%3.prompt.md',
    ]);
    expect(pathsOf('con', 'aux/x', 'a', 'a.prompt.md/b', 'dot./x')).toEqual([
      'a.prompt.md',
      'a%2Eprompt.md/b.prompt.md',
      '%aux/x.prompt.md',
      '%con.prompt.md',
      'dot%2E/x.prompt.md',
    ]);
  });

  it('are one for each name, within the folder, and none is the folder of another', () => {
    const name = fc
      .string({
        unit: fc.constantFrom('a', 'A', '.', '..', '/', '.prompt.md', 'nul', '-'),
        minLength: 1,
        maxLength: 8,
      })
      .filter((text) => PROMPT_NAME.test(text));
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const paths = pathsOf(...names).map((file) => file.toLowerCase());
        expect(new Set(paths).size).toBe(names.length);
        for (const file of paths) {
          expect(path.posix.normalize(file)).toBe(file);
          expect(file.split('/').filter((part) => ['', '.', '..'].includes(part))).toEqual([]);
          expect(paths.some((other) => other.startsWith(`${file}/`))).toBe(false);
        }
      }),
    );
  });
});
