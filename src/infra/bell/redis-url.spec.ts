import { redisOptionsFromUrl } from './redis-url.js';

describe('redisOptionsFromUrl', () => {
  it('fills in port and database', () => {
    expect(redisOptionsFromUrl('redis://cache.internal')).toEqual({
      host: 'cache.internal',
      port: 6379,
      family: 0,
      db: 0,
    });
  });

  it('decodes user and password and speaks TLS when the scheme says so', () => {
    expect(redisOptionsFromUrl('rediss://led%40ger:p%2Fw%3A1@cache.internal:6380/3')).toEqual({
      host: 'cache.internal',
      port: 6380,
      family: 0,
      db: 3,
      username: 'led@ger',
      password: 'p/w:1',
      tls: { servername: 'cache.internal' },
    });
  });

  it('takes the brackets off an IPv6 address', () => {
    expect(redisOptionsFromUrl('redis://[::1]:7000')).toMatchObject({ host: '::1', port: 7000 });
  });

  it('refuses what is not a URL', () => {
    expect(() => redisOptionsFromUrl('cache internal')).toThrow('Invalid URL');
  });
});
