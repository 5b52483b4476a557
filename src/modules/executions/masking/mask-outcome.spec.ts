import { createHash } from 'node:crypto';
import { answered, failed } from '../../../../test/support/rows/call-outcomes.js';
import { maskOutcome } from './mask-outcome.js';
import { ValueMask } from './value-mask.js';

const mask = new ValueMask(['ada@x.org']);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('what is kept of a call', () => {
  it('is all of it where nothing is masked', () => {
    const outcome = answered('Hello ada@x.org');
    expect(maskOutcome(outcome, null)).toBe(outcome);
  });

  it('is the answer without the values, with the hash of what is kept', () => {
    const outcome = answered('Hello ada@x.org, ada@x.org!');
    const kept = maskOutcome(outcome, mask);
    expect(kept).toMatchObject({
      succeeded: true,
      completion: { text: 'Hello ***, ***!', sha256: sha256('Hello ***, ***!'), totalBytes: 27 },
    });
    // The client's own object is unchanged.
    expect(outcome).toMatchObject({ completion: { text: 'Hello ada@x.org, ada@x.org!' } });
  });

  it('has none in arguments of tools, whichever way they are written', () => {
    const outcome = answered('');
    if (!outcome.succeeded) throw new Error('it succeeds');
    const toolCalls = [{ id: 'c1', name: 'mail', arguments: '{"to": "ada@x.org"}' }];
    const kept = maskOutcome({ succeeded: true, completion: { ...outcome.completion, toolCalls } }, mask);
    expect(kept).toMatchObject({
      completion: { toolCalls: [{ id: 'c1', name: 'mail', arguments: '{"to": "***"}' }] },
    });
  });

  it('has none in the message of a failure and in what had come of its answer', () => {
    if (failed.succeeded) throw new Error('it fails');
    const collected = { text: 'Hello ada@x.org', truncated: false, totalBytes: 15, sha256: '' };
    const partial = { collected, firstTokenMs: 1 };
    const kept = maskOutcome(
      { succeeded: false, failure: { ...failed.failure, message: 'no ada@x.org here', partial } },
      mask,
    );
    expect(kept).toMatchObject({
      failure: {
        message: 'no *** here',
        status: 500,
        partial: { firstTokenMs: 1, collected: { text: 'Hello ***' } },
      },
    });
  });
});
