import { writeTag } from './write-tag';

describe('the tag of a snippet', () => {
  it('names the version, and passes each argument on', () => {
    expect(writeTag('tone', 3, [])).toBe('{% render "snippet/tone@3" %}');
    expect(writeTag('mail/tone', 1, ['audience', 'mood'])).toBe(
      '{% render "snippet/mail/tone@1", audience: audience, mood: mood %}',
    );
  });
});
