import { ConfigurationError } from '../config/index.js';
import { LOOPBACK_SPELLINGS, policyWith, PRIVATE_SPELLINGS } from './outbound.testkit.js';

describe('CallbackUrlPolicy', () => {
  const policy = policyWith();

  it.each([
    'https://hooks.example.com/done?token=1',
    'http://hooks.example.com:8080/',
    'https://93.184.216.34/',
    'https://[2606:4700:4700::1111]/',
    'https://bücher.example/',
    'https://hooks.example.com/'.padEnd(2048, 'a'),
  ])('allows %s', (url) => {
    expect(policy.findProblem(url)).toBeNull();
  });

  it.each([...LOOPBACK_SPELLINGS, ...PRIVATE_SPELLINGS])('refuses the host %s', (host) => {
    expect(policy.findProblem(`http://${host}/`)).toBe('must lead to a public host');
    expect(policy.findProblem(`https://${host}:8443/done`)).toBe('must lead to a public host');
  });

  it.each([
    ['', 'must be a valid URL'],
    ['hooks.example.com/done', 'must be a valid URL'],
    ['//hooks.example.com', 'must be a valid URL'],
    ['http://', 'must be a valid URL'],
    ['http://[fe80::1%25eth0]/', 'must be a valid URL'],
    ['http://1.2.3.4.5/', 'must be a valid URL'],
    [' https://hooks.example.com', 'must be a valid URL'],
    ['https://hooks.exam\tple.com', 'must be a valid URL'],
    ['https://hooks.example.com/\r\nhost: x', 'must be a valid URL'],
    ['ftp://hooks.example.com', 'must begin with https:// or http://'],
    ['file:///etc/passwd', 'must begin with https:// or http://'],
    ['javascript:alert(1)', 'must begin with https:// or http://'],
    ['unix:/var/run/docker.sock', 'must begin with https:// or http://'],
    ['https://user@hooks.example.com', 'must not hold a user name or password'],
    ['https://:secret@hooks.example.com', 'must not hold a user name or password'],
    ['http:\\\\127.0.0.1', 'must lead to a public host'],
    ['http:127.0.0.1', 'must lead to a public host'],
    ['https://hooks.example.com/'.padEnd(2049, 'a'), 'must be at most 2048 characters'],
  ])('says of %j that it %s', (url, problem) => {
    expect(policy.findProblem(url)).toBe(problem);
  });

  it('throws what is wrong with a pointer to it', () => {
    expect(() => policy.assertAllowed('http://127.1/', '/callback_url')).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        message: 'Send another callback_url: it must lead to a public host.',
        errors: [{ pointer: '/callback_url', message: 'must lead to a public host' }],
      }) as Error,
    );
    expect(() => policy.assertAllowed('https://hooks.example.com/', '/callback_url')).not.toThrow();
  });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:8080/', 'http://127.0.0.2:8080/'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080/', 'http://127.0.0.1:8081/'],
    ['127.0.0.0/8', 'http://127.9.9.9/', 'http://10.0.0.1/'],
    ['10.0.0.0/8, 127.0.0.1', 'http://[::ffff:10.1.2.3]/', 'http://[::ffff:11.1.2.3]/'],
    ['localhost', 'http://localhost:3000/', 'http://127.0.0.1:3000/'],
    ['LocalHost:80', 'http://LOCALHOST/', 'http://localhost:81/'],
    ['[fd00::1]:8080', 'http://[fd00:0::1]:8080/', 'http://[fd00::1]/'],
    ['fd00::/8', 'http://[fd00::1]/', 'http://[fc00::1]/'],
  ])('with %s allowed, allows %s and not %s', (allowed, url, other) => {
    expect(policyWith(allowed).findProblem(url)).toBeNull();
    expect(policyWith(allowed).findProblem(other)).not.toBeNull();
  });

  it.each(['http://hooks.internal', 'hooks internal', '10.0.0.0/33', 'hooks:port', '*'])(
    'refuses a configuration that allows %j',
    (allowed) => {
      expect(() => policyWith(allowed)).toThrow(ConfigurationError);
    },
  );
});
