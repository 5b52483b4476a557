import { parseEnv } from 'node:util';
import { Environment, ENVIRONMENT_NAMES, parseEnvironment } from '../../src/infra/config/index.js';
import { read } from './tree.js';

const defaults = new Environment();
/** Formatted as in a file; empty means unset. */
const expected = ENVIRONMENT_NAMES.map((name): [string, string] => [name, String(defaults[name] ?? '')]);

describe('.env.example', () => {
  const example = read('.env.example');
  const commented = [...example.matchAll(/^# ?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value],
  );

  it('has every variable with its default, and no other', () => {
    expect(Object.fromEntries(commented)).toEqual(Object.fromEntries(expected));
    expect(commented).toHaveLength(expected.length);
  });

  it('changes nothing when it is copied to .env as it stands', () => {
    expect(parseEnv(example)).toEqual({});
  });

  it('changes nothing when every line is taken in', () => {
    expect(parseEnvironment(parseEnv(example.replaceAll(/^# ?(?=[A-Z][A-Z0-9_]*=)/gm, '')))).toEqual(
      defaults,
    );
  });
});

describe('docs/configuration.md', () => {
  /** For example "| `PORT` | `8000` | where it listens |". */
  const ROW = /^\| *`([A-Z][A-Z0-9_]*)` *\| *(.*?) *\|/gm;
  const list = () =>
    [...read('docs/configuration.md').matchAll(ROW)].map(([, name = '', cell = '']) => [name, cell]);

  it('has every variable of the configuration once, and no other', () => {
    expect(
      list()
        .map(([name]) => name)
        .sort(),
    ).toEqual([...ENVIRONMENT_NAMES].sort());
  });

  it('states the default of each: a value as code, and what is unset in words', () => {
    const stated = new Map(list().map(([name, cell]) => [name, cell]));
    const wrong = expected.filter(([name, value]) => {
      const cell = stated.get(name) ?? '';
      return value === '' ? !/^[^`]/.test(cell) : cell !== `\`${value}\``;
    });
    expect(wrong).toEqual([]);
  });
});
