import { listeningUrl } from './listening-url.js';

describe('listeningUrl', () => {
  it.each([
    ['127.0.0.1', 'IPv4', 8000, 'http://localhost:8000'],
    ['0.0.0.0', 'IPv4', 80, 'http://localhost:80'],
    ['::', 'IPv6', 8000, 'http://localhost:8000'],
    ['192.168.1.5', 'IPv4', 8000, 'http://192.168.1.5:8000'],
    ['fe80::1', 'IPv6', 8000, 'http://[fe80::1]:8000'],
  ])('of %s (%s) and port %i is %s', (address, family, port, url) => {
    expect(listeningUrl({ address, family, port })).toBe(url);
  });
});
