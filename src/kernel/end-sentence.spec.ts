import { endSentence } from './end-sentence.js';

describe('a sentence of others', () => {
  it.each([
    ['nope', 'nope.'],
    ['The provider answered 400: nope', 'The provider answered 400: nope.'],
    ['Extra inputs are not permitted  \n', 'Extra inputs are not permitted.'],
    ['failed:', 'failed.'],
    ['this, that, ', 'this, that.'],
    ['see https://vendor.test/docs/', 'see https://vendor.test/docs/.'],
    ['modèle inconnu', 'modèle inconnu.'],
    ['it is "large"', 'it is "large".'],
  ])('gets its full stop: %j', (text, ended) => {
    expect(endSentence(text)).toBe(ended);
  });

  it.each([
    'Nope.',
    'Why?',
    'No!',
    'cut off…',
    'and so on...',
    'He said "no."',
    '(It is too long.)',
    '模型不存在。',
    '不行！',
    '',
  ])('stays as it is: %j', (text) => {
    expect(endSentence(text)).toBe(text);
  });
});
