import { repositoryName } from './repository-name.js';

describe('the name of a repository', () => {
  it.each([
    ['https://github.com/acme/app.git', 'acme/app'],
    ['https://github.com/acme/app', 'acme/app'],
    ['https://github.com/acme/app.git/', 'acme/app'],
    ['https://martin:s3cr3t@github.com/acme/app.git', 'acme/app'],
    ['https://x-access-token:ghs_abc@github.com:443/acme/app.git', 'acme/app'],
    ['git@github.com:acme/app.git', 'acme/app'],
    ['github.com:acme/app.git', 'acme/app'],
    ['git@github.com:/acme/app.git', 'acme/app'],
    ['git@[::1]:acme/app.git', 'acme/app'],
    ['ssh://git@github.com:22/acme/app.git', 'acme/app'],
    ['ssh://git@github.com/acme/app.git', 'acme/app'],
    ['git://example.org/acme/app.git', 'acme/app'],
    ['https://gitlab.com/group/sub/app.git', 'group/sub/app'],
    ['https://example.org/ac%20me/app', 'ac me/app'],
    ['https://example.org/%zz/app', '%zz/app'],
  ])('of %s is %s', (url, name) => {
    expect(repositoryName(url)).toBe(name);
  });

  it.each([
    '',
    '/srv/git/app.git',
    '../app.git',
    './a:b',
    'file:///srv/git/app.git',
    'C:\\git\\app',
    'C:/git/app',
    'https://',
    'https://example.org/',
  ])('is not known for %p', (url) => {
    expect(repositoryName(url)).toBeNull();
  });
});
