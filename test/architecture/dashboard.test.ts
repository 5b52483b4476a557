import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { listFiles, read, ROOT } from './tree.js';

const FIRST_LOAD_MAX_BYTES = 250_000;
const MAX_LINES = 300;
const DIST = path.join(ROOT, 'dashboard/dist');

const page = () => readFileSync(path.join(DIST, 'index.html'), 'utf8');
/** Returns the files that the page names: its script, that script's immediate imports, and its styles. */
const firstFiles = () =>
  [...page().matchAll(/(?:src|href)="\/app\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => String(file));

describe('the built dashboard', () => {
  it('loads at most 250 kB first, with all that its script imports', () => {
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(path.join(DIST, file), 'utf8');
      for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) visit(`assets/${name}`);
    };
    firstFiles().forEach(visit);
    expect(seen.size).toBeGreaterThan(1);
    const sizes = [...seen].map((file) => gzipSync(readFileSync(path.join(DIST, file))).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(FIRST_LOAD_MAX_BYTES);
  });

  it('names no file that is not there, and no other host', () => {
    expect(firstFiles().filter((file) => !existsSync(path.join(DIST, file)))).toEqual([]);
    expect(page()).not.toMatch(/https?:\/\//);
    expect(readdirSync(DIST).sort()).toEqual(['.sources.sha256', 'assets', 'index.html']);
  });
});

describe('the sources of the dashboard', () => {
  const sources = listFiles('dashboard/src').filter((file) => /\.tsx?$/.test(file));

  it(`have at most ${MAX_LINES} lines a file, and names in kebab-case`, () => {
    expect(sources).not.toEqual([]);
    expect(sources.filter((file) => read(file).trimEnd().split('\n').length > MAX_LINES)).toEqual([]);
    expect(
      sources.filter((file) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.spec)?\.tsx?$/.test(path.basename(file))),
    ).toEqual([]);
  });

  it('make no markup of a text', () => {
    const dangerous =
      /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/;
    expect(sources.filter((file) => dangerous.test(read(file)))).toEqual([]);
  });
});
