import { assertSameOrigin } from './assert-same-origin.js';
import { CrossOriginError } from './errors.js';

const check =
  (headers: Record<string, string>, publicUrl: string | null = null) =>
  () =>
    assertSameOrigin({ headers, host: 'ledger.example:8000' }, publicUrl);

it.each<[Record<string, string>, string | null]>([
  [{}, null],
  [{ origin: 'http://ledger.example:8000' }, null],
  [{ origin: 'https://ledger.example:8000', 'sec-fetch-site': 'same-origin' }, null],
  [{ origin: 'https://public.example' }, 'https://public.example'],
])('takes a request with %j', (headers, publicUrl) => {
  expect(check(headers, publicUrl)).not.toThrow();
});

it.each([
  { origin: 'http://ledger.example' },
  { origin: 'http://evil.example:8000' },
  { origin: 'null' },
  { origin: '' },
  { origin: 'http://ledger.example:8000.evil.example' },
  { 'sec-fetch-site': 'cross-site' },
  { origin: 'http://ledger.example:8000', 'sec-fetch-site': 'cross-site' },
])('refuses a request with %j', (headers) => {
  expect(check(headers)).toThrow(CrossOriginError);
});
