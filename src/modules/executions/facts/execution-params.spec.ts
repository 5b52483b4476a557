import { paramColumns, toParams, toVendorParams } from './execution-params.js';

describe('params', () => {
  it.each([
    {},
    { temperature: 0 },
    { temperature: 0.1, top_p: 0.30000000000000004, top_k: 1, repetition_penalty: 1.05, max_new_tokens: 800 },
    { stop: ['\n', '"quoted"'], seed: -1 },
    { seed: 0 },
  ])('%j come back from their columns as they were sent', (params) => {
    expect(toParams(paramColumns(params))).toEqual(params);
  });

  it.each([{ seed: 7 }, {}])(
    '%j stay apart from members of OpenAI’s API, which come back as well',
    (params) => {
      const sent = { reasoning_effort: 'low', store: false, stream_options: { include_obfuscation: true } };
      const columns = paramColumns(params, sent);
      expect(toParams(columns)).toEqual(params);
      expect(toVendorParams(columns)).toEqual(sent);
      expect(toVendorParams(paramColumns(params))).toBeNull();
    },
  );

  it('that were not sent are null, never 0', () => {
    expect(paramColumns({})).toEqual({
      temperature: null,
      topK: null,
      topP: null,
      repetitionPenalty: null,
      maxNewTokens: null,
      furtherParams: null,
    });
  });
});
