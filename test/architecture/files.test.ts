import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { listFiles, listSources, read, ROOT } from './tree.js';

const MAX_LINES = 300;
const MAX_FILES = 15;

/** The classes in brackets keep these patterns from finding themselves. */
const MACHINE_PATH = /(?<![\w.-])\/(?:[r]oot|[w]ork|[h]ome\/\w+|[U]sers\/\w+)\/\w/;
const REGISTRY = /[n]pmjs\.|\/\/[\w.-]*[r]egistry[\w-]*\.\w|"[r]esolved": *"http/;
const UNFINISHED = /\b(?:[T]ODO|[F]IXME|[X]XX)\b/;
const LEFT_OUT =
  /\b(?:describe|it|test)\.(?:[s]kip|[o]nly|[t]odo)\b|\b(?:[x]it|[x]describe|[x]test|[f]it|[f]describe)\(/;

describe('the files of the project', () => {
  const texts = listFiles().map((file) => ({ file, text: read(file) }));
  const code = texts.filter(({ file }) => /\.[cm]?[jt]sx?$/.test(file));
  const having = (files: typeof texts, pattern: RegExp) =>
    files.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

  it('name no path of somebody’s machine', () => {
    expect(having(texts, MACHINE_PATH)).toEqual([]);
  });

  it('name no package registry', () => {
    expect(having(texts, REGISTRY)).toEqual([]);
  });

  it('leave nothing for later', () => {
    expect(having(code, UNFINISHED)).toEqual([]);
  });

  it('leave no test out', () => {
    expect(having(code, LEFT_OUT)).toEqual([]);
  });

  it('are named in kebab-case, with dots for their kind', () => {
    const name = /^(?:\d+-)?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*\.(?:d\.)?[cm]?[jt]s$/;
    const own = listFiles().filter((file) => /^(?:src|migrations|test|scripts|bench)\/.*[jt]s$/.test(file));
    expect(own).not.toEqual([]);
    expect(own.filter((file) => !name.test(path.basename(file)))).toEqual([]);
  });

  it(`are at most ${MAX_FILES} of code in a folder, without the tests beside their sources`, () => {
    const counts = new Map<string, number>();
    for (const { file } of code.filter(({ file }) => !/\.(?:spec|testkit)\.[jt]sx?$/.test(file))) {
      const folder = path.dirname(file);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect(counts.size).toBeGreaterThan(1);
    expect([...counts].filter(([, count]) => count > MAX_FILES)).toEqual([]);
  });
});

describe('the sources', () => {
  it(`have at most ${MAX_LINES} lines a file`, () => {
    const long = listSources().filter((file) => read(file).trimEnd().split('\n').length > MAX_LINES);
    expect(long).toEqual([]);
  });

  it('have one way into every module, its index.ts', () => {
    const modules = readdirSync(path.join(ROOT, 'src/modules'), { withFileTypes: true });
    expect(modules).not.toEqual([]);
    expect(modules.filter((entry) => !entry.isDirectory())).toEqual([]);
    const closed = modules.filter(
      ({ name }) => !existsSync(path.join(ROOT, 'src/modules', name, 'index.ts')),
    );
    expect(closed).toEqual([]);
  });
});
