import ts from 'typescript';
import { listSources, read } from './tree.js';

const MAX_DEPENDENCIES = 6;

/** Classes that still have more, with the number that they have. An entry that is no longer true fails, so the list only shrinks. */
const STILL_LARGER: Readonly<Record<string, number>> = {
  ApplyChangeService: 8,
  ChangesService: 9,
  KeysService: 7,
  PromptsService: 8,
  ScoresService: 8,
  SecretsService: 7,
  SessionsService: 8,
  TenantsService: 10,
};

/** The number of parameters of the constructor of each class; a class that declares none has 0. */
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

  it(`have at most ${MAX_DEPENDENCIES} constructor dependencies, but for those that are listed`, () => {
    const larger = classes.filter(([, count]) => count > MAX_DEPENDENCIES);
    expect(Object.fromEntries(larger)).toEqual(STILL_LARGER);
    expect(larger).toHaveLength(Object.keys(STILL_LARGER).length);
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
