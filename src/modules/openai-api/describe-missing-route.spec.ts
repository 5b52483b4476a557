import { describeMissingRoute } from './describe-missing-route.js';

const CHAT = '/openai/v1/chat/completions';

describe('a route of OpenAI that is not there', () => {
  it.each([
    ['/openai/v1/responses', 'The Responses API is not served'],
    ['/openai/v1/responses/resp_1', 'The Responses API is not served'],
    ['/OpenAI/V1/Embeddings', '"embeddings" is not served'],
    ['/openai/v1/completions', 'older form'],
    ['/openai/v1/images/generations', '"images" is not served'],
    ['/openai/v1/audio/speech', '"audio" is not served'],
    ['/openai/v1/moderations', '"moderations" is not served'],
    ['/openai/v1/batches', ':submit-batch'],
    ['/openai/v1/files/file-1/content', '"files" is not served'],
    ['/openai/v1/assistants', 'prompt/name'],
    ['/openai/v1/threads/t/runs', '"messages"'],
    ['/openai/v1/chat/completions/chatcmpl-1', 'GET /v1/executions'],
    ['/openai/chat/completions', '/openai/chat/completions does not exist'],
    ['/openai/v1/v1/chat/completions', 'base URL ends in /openai/v1'],
    ['/openai', '/openai does not exist'],
    ['/openai/v1/constructor', '/openai/v1/constructor does not exist'],
  ])('%s says what is: %s', (path, words) => {
    expect(describeMissingRoute(path)).toContain(words);
    expect(describeMissingRoute(path)).toContain(CHAT);
  });

  it('is not repeated whole when it is long', () => {
    expect(describeMissingRoute(`/openai/v1/${'x'.repeat(5_000)}`).length).toBeLessThan(400);
  });
});
