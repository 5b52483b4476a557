import { parsePath } from './json-path.js';

describe('a path', () => {
  it.each<[string, string[]]>([
    ['/a/b~1c/~0/0', ['a', 'b/c', '~', '0']],
    ['/', ['']],
    ['a', ['a']],
    ['a.b[0].c', ['a', 'b', '0', 'c']],
    ['a.0', ['a', '0']],
    ['$.a[1]', ['a', '1']],
    ['$[1]', ['1']],
    ['[1][2]', ['1', '2']],
    ['$', ['$']],
  ])('%s is %j', (path, steps) => {
    expect(parsePath(path)).toEqual(steps);
  });

  it.each(['', '.a', 'a.', 'a..b', 'a[', 'a[x]', 'a[]', 'a[0]b', '/~2', `/${'a/'.repeat(101)}`])(
    'is not %s',
    (path) => {
      expect(parsePath(path)).toBeNull();
    },
  );
});
