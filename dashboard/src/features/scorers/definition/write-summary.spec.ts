import { readJson } from '../../../api/json-text';
import { writeLines, writeSummary } from './write-summary';

const read = (json: string) => readJson(json) as Readonly<Record<string, unknown>>;

describe('a definition in one line', () => {
  it('names what each kind judges by', () => {
    expect(writeSummary('check', read('{"check":"equals","value":1.10,"negate":true}'))).toBe(
      'not equals 1.10',
    );
    expect(writeSummary('check', read('{"check":"is_refusal"}'))).toBe('is_refusal');
    expect(writeSummary('code', read('{"source":"() =>\\n  1"}'))).toBe('() => 1');
    expect(writeSummary('judge', read('{"prompt_name":"judge/faithful","version_number":2}'))).toBe(
      'judge/faithful v2',
    );
    expect(writeSummary('human', read('{"labels":{"good":true,"bad":false}}'))).toBe('good, bad');
    expect(writeSummary('human', read('{"min":1,"max":5}'))).toBe('1 to 5');
  });
});

describe('a definition in lines', () => {
  it('has a member a line, a text of several lines as it is, and a value as JSON', () => {
    expect(writeLines(read('{"threshold":0.50,"source":"a\\nb"}'))).toBe('threshold: 0.50\nsource:\na\nb');
    expect(writeLines(read('{"value":"1","check":"equals"}'))).toBe('check: equals\nvalue: "1"');
    expect(writeLines(read('{"value":1,"check":"equals","path":null}'))).toBe('check: equals\nvalue: 1');
  });
});
