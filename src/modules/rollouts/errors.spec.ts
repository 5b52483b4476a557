import { RolloutControlMovedError } from './errors.js';

describe('the refusal of a control that does not run', () => {
  it('names a path that can be sent, whatever the environment is called', () => {
    const { message } = new RolloutControlMovedError('doc_summarizer', 'a b/ü', 3);
    expect(message).toContain('PUT /v1/prompts/{name}/environments/a%20b%2F%C3%BC, or');
    expect(message).toContain('The environment "a b/ü" runs version 3');
  });
});
