import type { ProviderEnv } from '../provider.contract.js';
import { envWithOwn, findOrigin } from './own-credentials.js';

const settings: Readonly<Record<string, string>> = {
  KEY: 'operator',
  OTHER_KEY: 'operator',
  ADDRESS: 'https://operator.example/v1',
  HEADERS: 'x-secret: operator',
  VERSION: '1',
};
const env: ProviderEnv = (name) => settings[name];
const own = {
  apiKey: ['KEY', 'OTHER_KEY'],
  baseUrl: 'ADDRESS',
  defaultBaseUrl: 'https://vendor.example/v1',
  shared: ['VERSION'],
} as const;
const connect = () => undefined;
const read = (reader: ProviderEnv) => Object.keys(settings).map((name) => reader(name));

it('puts the key of the project in the place of the operator’s, at the operator’s address', () => {
  const mine = envWithOwn(env, own, { apiKey: 'mine', baseUrl: null, connect });
  expect(read(mine)).toEqual(['mine', undefined, settings['ADDRESS'], settings['HEADERS'], '1']);
  expect(mine.connect).toBeUndefined();
});

it('withholds what is the operator’s at an address of the project, which is reached by the guarded way', () => {
  const mine = envWithOwn(env, own, { apiKey: 'mine', baseUrl: 'https://mine.example', connect });
  expect(read(mine)).toEqual(['mine', undefined, 'https://mine.example', undefined, '1']);
  expect(mine.connect).toBe(connect);
});

it.each<[string | null, ProviderEnv, string | null, string | null]>([
  ['https://mine.example:8443/v1', env, 'https://vendor.example', 'https://mine.example:8443'],
  [null, env, 'https://vendor.example', 'https://operator.example'],
  [null, () => undefined, 'https://vendor.example/v1', 'https://vendor.example'],
  [null, () => undefined, null, null],
])('for the address %j calls go to the host that it says', (baseUrl, reader, defaultBaseUrl, origin) => {
  expect(findOrigin(reader, { ...own, defaultBaseUrl }, baseUrl)).toBe(origin);
});
