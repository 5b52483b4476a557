import { ProviderSetupError } from '../../errors.js';
import { COMPATIBLE_VENDOR_PARAMS } from '../openai/openai-chat.js';
import { readCompatibleServers } from './openai-compatible.settings.js';

const DEFAULT_PARAMS = ['max_new_tokens', 'temperature', 'top_p', 'stop', 'seed'];
const read = (setting: string) => readCompatibleServers(setting, ['openai', 'echo']);
const json = (...entries: unknown[]): string => JSON.stringify(entries);

describe('OPENAI_COMPATIBLE', () => {
  it('is a list of ids, addresses and variables', () => {
    const setting =
      ' groq=https://api.groq.com/openai/v1|GROQ_API_KEY,\nollama = http://localhost:11434/v1?a=b , ';
    expect(read(setting)).toEqual([
      {
        id: 'groq',
        baseUrl: 'https://api.groq.com/openai/v1',
        keyVariable: 'GROQ_API_KEY',
        params: DEFAULT_PARAMS,
        asksForUsage: true,
        vendorParams: COMPATIBLE_VENDOR_PARAMS,
      },
      {
        id: 'ollama',
        baseUrl: 'http://localhost:11434/v1?a=b',
        keyVariable: null,
        params: DEFAULT_PARAMS,
        asksForUsage: true,
        vendorParams: COMPATIBLE_VENDOR_PARAMS,
      },
    ]);
  });

  it('is JSON where there is more to say', () => {
    const vllm = {
      id: 'vllm',
      base_url: 'http://gpu:8000/v1',
      params: ['top_k', 'top_k'],
      stream_usage: false,
    };
    expect(read(json({ ...vllm, api_key_env: 'VLLM_KEY' }, { ...vllm, id: 'other' }))).toEqual([
      {
        id: 'vllm',
        baseUrl: 'http://gpu:8000/v1',
        keyVariable: 'VLLM_KEY',
        params: ['top_k'],
        asksForUsage: false,
        vendorParams: COMPATIBLE_VENDOR_PARAMS.filter((name) => !name.startsWith('stream_options')),
      },
      {
        id: 'other',
        baseUrl: 'http://gpu:8000/v1',
        keyVariable: null,
        params: ['top_k'],
        asksForUsage: false,
        vendorParams: COMPATIBLE_VENDOR_PARAMS.filter((name) => !name.startsWith('stream_options')),
      },
    ]);
  });

  it('may be told which members of OpenAI’s API a server takes', () => {
    const vendorParamsOf = (vendor_params: unknown) =>
      read(json({ id: 'a', base_url: 'http://gpu:8000/v1', vendor_params }))[0]?.vendorParams;
    expect(vendorParamsOf([])).toEqual([]);
    expect(vendorParamsOf(['user', 'name', 'reasoning_content'])).toEqual([
      'user',
      'name',
      'reasoning_content',
    ]);
  });

  it.each([
    ['', 0],
    ['[]', 0],
    [',', 0],
  ])('may name none: %j', (setting, count) => {
    expect(read(setting)).toHaveLength(count);
  });

  const url = 'http://x/v1';
  it.each([
    ['groq', 'an entry has no "="; write it like groq=https://'],
    ['Groq=http://x/v1', 'an id must be lower-case letters, digits and dashes'],
    ['=http://x/v1', 'an id must be'],
    ['groq=', 'the address of "groq" must be http or https'],
    ['groq=api.groq.com/v1|K', 'the address of "groq" must be http or https'],
    ['groq=http://x/v1|A|B', 'the entry "groq" has more than one "|"'],
    ['groq=http://x/v1|', 'the entry "groq" must name the variable of its key'],
    [
      'groq=http://x/v1|gsk-abc.def',
      'the entry "groq" must name the variable of its key, such as GROQ_API_KEY, and not hold',
    ],
    ['openai=http://x/v1', 'the id "openai" belongs to a provider of the house'],
    ['a=http://x/v1,a=http://y/v1', 'the id "a" is used twice'],
    ['[{"id":', 'it begins with "[" but is not valid JSON'],
    [json('groq'), 'each entry of its JSON must be an object'],
    [json([]), 'each entry of its JSON must be an object'],
    [json({ base_url: url }), 'an id must be'],
    [json({ id: 'a' }), 'the address of "a" must be'],
    [json({ id: 'a', base_url: url, api_key: 'k' }), 'the entry "a" has a field "api_key"'],
    [json({ id: 'a', base_url: url, api_key_env: 7 }), 'the entry "a" must name the variable of its key'],
    [json({ id: 'a', base_url: url, params: ['top_x'] }), '"params" of "a" must be a list of some of'],
    [json({ id: 'a', base_url: url, params: 'seed' }), '"params" of "a" must be a list'],
    [json({ id: 'a', base_url: url, stream_usage: 'no' }), '"stream_usage" of "a" must be true or false'],
    [
      json({ id: 'a', base_url: url, vendor_params: ['nonsense'] }),
      '"vendor_params" of "a" must be a list of some of metadata,',
    ],
    [json({ id: 'a', base_url: url, vendor_params: 'user' }), '"vendor_params" of "a" must be a list'],
  ])('refuses the boot for %s', (setting, sentence) => {
    expect(() => read(setting)).toThrow(ProviderSetupError);
    expect(() => read(setting)).toThrow(`OPENAI_COMPATIBLE cannot be used: ${sentence}`);
  });

  it.each(['groq|sk-secret-1234', 'a=http://x/v1|sk-secret-1234', '[{"key":"sk-secret-1234"'])(
    'does not repeat what may be a key: %s',
    (setting) => {
      expect(() => read(setting)).toThrow(/^(?!.*secret)/);
    },
  );
});
