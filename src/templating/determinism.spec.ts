import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Names through which a clock, chance, a locale or a time zone could influence a prompt, or that browsers lack. */
const FORBIDDEN =
  /\bDate\b|Math\.random|Intl\b|toLocale|localeCompare|performance|process\.|\bBuffer\b|from 'node:/;

const sources = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/\.(?:spec|testkit)\.ts$/.test(path))
  .map(
    (path) =>
      [path, readFileSync(join(__dirname, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')] as const,
  );

describe('the sources of this room', () => {
  it('are found', () => {
    expect(sources.map(([path]) => path)).toContain(join('liquid-1', 'renderer.ts'));
  });

  it.each(sources)('%s has no clock, chance, locale, time zone or Node in it', (_path, source) => {
    expect(source).not.toMatch(FORBIDDEN);
  });

  it.each(sources)('%s imports only its own room, the kernel and three packages', (_path, source) => {
    const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, path = '']) => path);
    const foreign = imported.filter(
      (path) =>
        !/^(?:\.{1,2}\/(?!.*\bmodules\b|.*\binfra\b|.*\bentities\b)|liquidjs$|canonicalize$|@noble\/hashes\/)/.test(
          path,
        ),
    );
    expect(foreign).toEqual([]);
  });
});
