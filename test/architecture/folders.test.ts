import path from 'node:path';
import ts from 'typescript';
import { listFiles, read } from './tree.js';

/** An import between two files, as their paths from the root of the project. */
type Import = readonly [from: string, to: string];
/** Maps each folder to its children, and each child to the siblings that it imports. A child is a file or a folder. */
type Folders = Map<string, Map<string, Set<string>>>;

function listImports(file: string): Import[] {
  return ts
    .preProcessFile(read(file))
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => [file, path.posix.join(path.posix.dirname(file), fileName)]);
}

/** Records an import in the folder where the paths of its two files diverge. */
function groupByFolder(imports: readonly Import[]): Folders {
  const folders: Folders = new Map();
  for (const [from, to] of imports) {
    const left = from.split('/');
    const right = to.replace(/\.js$/, '.ts').split('/');
    const depth = left.findIndex((part, index) => part !== right[index]);
    const folder = left.slice(0, depth).join('/');
    const children = folders.get(folder) ?? new Map<string, Set<string>>();
    folders.set(folder, children);
    const child = left[depth] ?? '';
    children.set(child, (children.get(child) ?? new Set()).add(right[depth] ?? ''));
  }
  return folders;
}

/** Finds a circle. @returns the children along the first one; null when there is none. */
function findCircle(children: ReadonlyMap<string, ReadonlySet<string>>): string[] | null {
  const done = new Set<string>();
  const visit = (child: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(child)) return [...trail.slice(trail.indexOf(child)), child];
    if (done.has(child)) return null;
    for (const next of children.get(child) ?? []) {
      const circle = visit(next, [...trail, child]);
      if (circle !== null) return circle;
    }
    done.add(child);
    return null;
  };
  for (const child of children.keys()) {
    const circle = visit(child, []);
    if (circle !== null) return circle;
  }
  return null;
}

const isSource = (file: string) => /\.tsx?$/.test(file) && !/\.(spec|testkit|test)\.tsx?$/.test(file);

describe('the folders of the project', () => {
  const sources = ['src', 'sdk/src', 'dashboard/src', 'test/support'].flatMap(listFiles).filter(isSource);
  const folders = groupByFolder(sources.flatMap(listImports));

  it('import each other one way: nothing leads back to the folder or file that it came from', () => {
    const circles = [...folders].flatMap(([folder, children]) => {
      // The client parses answers with the service's code, and the command line calls the service through the client.
      if (folder === '') return [];
      const circle = findCircle(children);
      return circle === null ? [] : [`${folder}: ${circle.join(' → ')}`];
    });
    expect(circles).toEqual([]);
  });

  it('are compared by what lies directly in them', () => {
    expect(folders.get('src/modules/executions')?.get('calls')).toContain('record');
    const imports: Import[] = [
      ['src/a/one.ts', 'src/b/two.js'],
      ['src/b/three.ts', 'src/c.js'],
      ['src/c.ts', 'src/a/deep/four.js'],
      ['src/a/one.ts', 'src/a/deep/four.js'],
    ];
    const grouped = groupByFolder(imports);
    expect(findCircle(grouped.get('src') ?? new Map())).toEqual(['a', 'b', 'c.ts', 'a']);
    expect(findCircle(grouped.get('src/a') ?? new Map())).toBeNull();
  });
});
