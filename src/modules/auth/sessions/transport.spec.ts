import { InsecureTransportError } from './errors.js';
import { assertSafeTransport, describeTransport, type Travelled } from './transport.js';

const request = (changes: Partial<Travelled>): Travelled => ({
  secure: false,
  hostname: 'localhost',
  ip: '127.0.0.1',
  ips: [],
  ...changes,
});

it.each<[string, Partial<Travelled>]>([
  ['tls', { secure: true, hostname: 'ledger.example', ip: '203.0.113.7', ips: ['203.0.113.7'] }],
  ['loopback', {}],
  ['loopback', { hostname: '127.0.0.1' }],
  ['loopback', { hostname: '[::1]', ip: '::1' }],
  ['loopback', { hostname: 'LOCALHOST' }],
  // A container sees the address of its network, while the browser's address bar shows localhost.
  ['loopback', { ip: '172.17.0.1' }],
  ['loopback', { ips: ['127.0.0.1'], ip: '::ffff:127.0.0.1' }],
  ['plain', { hostname: 'ledger.example' }],
  ['plain', { hostname: '10.0.0.1' }],
  ['plain', { hostname: 'localhost.evil.example' }],
  ['plain', { hostname: '127.0.0.1.evil.example' }],
  ['plain', { ips: ['203.0.113.7'], ip: '203.0.113.7' }],
])('a request is taken for %s: %j', (transport, changes) => {
  expect(describeTransport(request(changes))).toBe(transport);
});

it('a request in the clear is refused', () => {
  expect(assertSafeTransport(request({}))).toBe('loopback');
  expect(() => assertSafeTransport(request({ hostname: 'ledger.example' }))).toThrow(InsecureTransportError);
});
