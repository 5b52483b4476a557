import { readFileSync } from 'node:fs';
import path from 'node:path';
import { listFiles, listSources, read, ROOT } from './tree.js';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(read('package.json')) as Manifest;

describe('package.json', () => {
  it('names exact versions only, so that the same sources are the same program', () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('has no production dependency that nothing uses', () => {
    const sources = [...listSources(), ...listFiles('migrations')].map(read).join('\n');
    const names = Object.keys(manifest.dependencies);
    const peers = new Set(names.flatMap(peersOf));
    // Looks for the name in quotes: as an import, or as a name such as a log transport.
    const isNamed = (name: string) => sources.includes(`'${name}'`) || sources.includes(`'${name}/`);
    expect(names.filter((name) => !isNamed(name) && !peers.has(name))).toEqual([]);
  });
});

/** Returns the peer dependencies of a package. */
function peersOf(name: string): string[] {
  const text = readFileSync(path.join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  const { peerDependencies = {} } = JSON.parse(text) as { peerDependencies?: Record<string, string> };
  return Object.keys(peerDependencies);
}
