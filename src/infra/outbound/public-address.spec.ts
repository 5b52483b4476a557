import { isPublicAddress } from './public-address.js';

describe('isPublicAddress', () => {
  it.each(['93.184.216.34', '1.1.1.1', '223.255.255.255', '2000::1', '2606:4700:4700::1111'])(
    'takes %s for public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ['of this machine', ['127.0.0.1', '0.0.0.0', '::1', '::']],
    [
      'of a private network',
      ['10.0.0.1', '172.16.0.1', '192.168.0.1', 'fd00::1', 'fe80::1', '169.254.169.254'],
    ],
    [
      'that carries another one',
      ['::ffff:93.184.216.34', '2002:5db8:d822::1', '64:ff9b::5db8:d822', '::5db8:d822'],
    ],
    ['outside of what is routed', ['1fff::1', '4000::1', 'e000::1', '240.0.0.1', '224.0.0.1']],
  ])('takes no address %s for public', (_which, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  it.each([
    '',
    'hooks.example',
    '93.184.216.34:80',
    '[2606:4700:4700::1111]',
    '1572395042',
    '0x5d.184.216.34',
    '8.8',
  ])('takes %j, which no resolver writes, for none', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});
