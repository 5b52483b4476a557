import { cookieName, formatCookie, formatRemoval, readCookie } from './cookies.js';

describe('cookies', () => {
  it('are of the host and encrypted over TLS, and neither on loopback, where browsers would refuse them', () => {
    expect(formatCookie('a', 'v', { transport: 'tls', maxAgeS: 60 })).toBe(
      '__Host-a=v; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax',
    );
    expect(formatCookie('a', 'v', { transport: 'loopback', maxAgeS: 60 })).toBe(
      'a=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax',
    );
    expect(cookieName('a', 'tls')).toBe('__Host-a');
  });

  it('are forgotten at once', () => {
    expect(formatRemoval('a', 'tls')).toContain('__Host-a=; Path=/; Max-Age=0;');
  });

  it.each([
    [undefined, null],
    ['', null],
    ['b=1', null],
    ['a=1', '1'],
    ['b=1; a=2', '2'],
    ['a=1=2', '1=2'],
    ['xa=1;a = 2 ', '2'],
    ['A=1', null],
    ['a', null],
    ['a=1; a=2', null],
  ])('of %j are read as %j', (header, value) => {
    expect(readCookie(header, 'a')).toBe(value);
  });
});
