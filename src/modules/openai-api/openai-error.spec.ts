import { ValidationError } from '../../kernel/index.js';
import { OPENAI_ERRORS } from './openai-error.js';

function readError(pointer: string, message: string): unknown {
  const error = new ValidationError('Correct the parts of the body that "errors" lists.', [
    { pointer, message },
  ]);
  const { body } = OPENAI_ERRORS.answer(error, '/openai/v1/chat/completions');
  return (JSON.parse(String(body)) as { error: unknown }).error;
}

describe('an error of the OpenAI-compatible API', () => {
  it.each([
    ['/variables/text', 'prompt_variables.text'],
    ['/params/max_new_tokens', 'max_completion_tokens'],
    ['/correlation_id', 'user'],
    ['/messages/0/content', 'messages[0].content'],
  ])('names what is wrong at %s as this API does', (pointer, param) => {
    expect(readError(pointer, 'must be a text')).toMatchObject({
      param,
      message: `Invalid value for '${param}': must be a text.`,
    });
  });

  it.each(['variables', 'max_new_tokens', 'correlation_id', 'params'])(
    'names the unknown member %s as it was sent',
    (name) => {
      expect(readError(`/${name}`, 'is not a known field')).toMatchObject({
        param: name,
        message: `Unrecognized request argument supplied: ${name}`,
        errors: [{ param: name, message: 'is not a known field' }],
      });
    },
  );
});
