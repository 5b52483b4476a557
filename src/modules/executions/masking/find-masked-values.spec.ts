import { findMaskedValues } from './find-masked-values.js';

describe('finding what was masked', () => {
  const sent =
    '{"user":{"email":"ada@x.org","paid":4711.50},"tags":["open","secret"],"text":"to ada@x.org","mark":"***"}';
  const kept = '{"user":{"email":"***","paid":"***"},"tags":["open","***"],"text":"to ***","mark":"***"}';

  it('compares the variables that were sent with what is kept of them', () => {
    expect(findMaskedValues(sent, kept).maskText('ada@x.org paid 4711.50, 4711.5: open secret')).toBe(
      '*** paid ***, ***: open ***',
    );
  });

  it('finds nothing where nothing was masked', () => {
    expect(findMaskedValues(sent, sent).maskText('ada@x.org *** secret')).toBe('ada@x.org *** secret');
  });
});
