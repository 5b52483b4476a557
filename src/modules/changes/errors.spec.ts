import { EnvironmentNotProtectedError } from './errors.js';

describe('the refusal of a change that nobody needs', () => {
  it('names a path that can be sent, whatever the environment is called', () => {
    const { message } = new EnvironmentNotProtectedError('a b', null);
    expect(message).toContain('PUT /v1/prompts/{name}/environments/a%20b.');
  });
});
