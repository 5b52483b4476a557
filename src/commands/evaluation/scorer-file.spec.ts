import { writeJson } from '../../kernel/index.js';
import { CliError } from '../terminal/cli-error.js';
import { parseScorerFile } from './scorer-file.js';

describe('a scorer from a file', () => {
  it('is the source of code when it is JavaScript', () => {
    const source = '() => ({ value: 1 })\n';
    expect(parseScorerFile(source, 'scorers/short.js')).toEqual({
      name: 'short',
      request: { kind: 'code', source },
    });
  });

  it('has the members of the API in YAML and JSON, with numbers as they are written', () => {
    const yaml =
      'name: team/exact\nkind: check\ncheck: equals\nvalue:\n  n: 1.50\n  big: 12345678901234567891\n';
    const { name, request } = parseScorerFile(yaml, 'scorers/exact.yaml');
    expect(name).toBe('team/exact');
    expect(writeJson(request)).toBe(
      '{"kind":"check","check":"equals","value":{"n":1.50,"big":12345678901234567891}}',
    );
    const json = '{"kind":"check","check":"equals","value":{"n":1.50}}';
    expect(writeJson(parseScorerFile(json, 'exact.json').request)).toBe(json);
  });

  it('is called what was asked for, else what it says, else as its file', () => {
    expect(parseScorerFile('name: b\nkind: human', 'c.yaml', 'a').name).toBe('a');
    expect(parseScorerFile('name: b\nkind: human', 'c.yaml').name).toBe('b');
    expect(parseScorerFile('kind: human', 'folder/c.yaml').name).toBe('c');
    expect(() => parseScorerFile('kind: human', '-')).toThrow('--name');
  });

  it.each(['[]', '1', 'a: [', 'name: 1'])('is refused when it is %s', (text) => {
    expect(() => parseScorerFile(text, 'x.yaml')).toThrow(CliError);
  });
});
