import { ConfigurationError } from '../config/index.js';
import { AllowedHosts } from './allowed-hosts.js';

describe('AllowedHosts', () => {
  it.each<[string, [string, number][], [string, number][]]>([
    [
      'h',
      [
        ['h', 80],
        ['h', 8080],
      ],
      [['hh', 80]],
    ],
    ['Hooks_1.Internal', [['hooks_1.internal', 443]], [['hooks', 443]]],
    ['h:08080', [['h', 8080]], [['h', 80]]],
    ['[FD00:0::1]:8080', [['fd00::1', 8080]], [['fd00::1', 80]]],
  ])('has for %s the hosts %j and not %j', (entry, inside, outside) => {
    const allowed = new AllowedHosts([entry]);
    for (const [host, port] of inside) expect(allowed.hasHost(host, port)).toBe(true);
    for (const [host, port] of outside) expect(allowed.hasHost(host, port)).toBe(false);
  });

  it.each<[string, string[], string[]]>([
    ['10.1.2.3', ['10.1.2.3', '::ffff:10.1.2.3'], ['10.1.2.2', '10.1.3.3', '::1']],
    ['10.0.0.0/8', ['10.0.0.1', '10.255.255.255'], ['11.0.0.1', 'a00::1', '2606:4700::1']],
    ['fd00::1', ['fd00::1', 'FD00:0::1'], ['fd00::2', 'fd01::1', '10.0.0.1']],
    ['fd00::/8', ['fd12:3456::1'], ['fc00::1', '253.0.0.1']],
    ['hooks.internal', [], ['10.0.0.1', 'hooks.internal']],
    ['0.0.0.0/0', ['10.0.0.1'], ['', '10.1', '167772161', '10.0.0.1:80', 'hooks.internal']],
  ])('has for %s the addresses %j and not %j', (entry, inside, outside) => {
    const allowed = new AllowedHosts([entry]);
    expect(inside.filter((address) => !allowed.hasAddress(address))).toEqual([]);
    expect(outside.filter((address) => allowed.hasAddress(address))).toEqual([]);
  });

  it.each(['[10.1.2.3]', '[fd00::1', '-h', 'h:123456', 'h..:', '10.0.0.0/33', ''])(
    'refuses %j, and says what there may be',
    (entry) => {
      expect(() => new AllowedHosts([entry])).toThrow(
        new ConfigurationError(
          `WEBHOOK_ALLOWED_HOSTS has "${entry}", which is neither a host, a host with a port, an address nor a CIDR range.`,
        ),
      );
    },
  );
});
