import ts from 'typescript';
import { listSources, read } from './tree.js';

const MAX_DEPENDENCIES = 6;

/** Counts the constructor parameters of each class; a class without a constructor has 0. */
function countDependencies(file: string, text: string): Map<string, number> {
  const counts = new Map<string, number>();
  const visit = (node: ts.Node): void => {
    if (ts.isClassLike(node)) {
      const constructors = node.members.filter((member) => ts.isConstructorDeclaration(member));
      const most = Math.max(0, ...constructors.map(({ parameters }) => parameters.length));
      counts.set(node.name?.text ?? file, most);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return counts;
}

describe('the classes of the sources', () => {
  const classes = listSources().flatMap((file) => [...countDependencies(file, read(file))]);

  it(`have at most ${MAX_DEPENDENCIES} constructor dependencies`, () => {
    expect(classes.filter(([, count]) => count > MAX_DEPENDENCIES)).toEqual([]);
  });

  it('are counted wherever they stand', () => {
    expect(classes.length).toBeGreaterThan(300);
    const text = `
      class Outer {
        constructor(private readonly a: A, b: B) {}
        make() { return class Inner { constructor(a: A, b: B, c: C) {} }; }
      }
      @Injectable()
      export class Bare {}`;
    expect([...countDependencies('some.ts', text)]).toEqual([
      ['Outer', 2],
      ['Inner', 3],
      ['Bare', 0],
    ]);
  });
});
