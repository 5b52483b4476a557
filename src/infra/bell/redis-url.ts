import type { QueueOptions } from 'bull';

export type RedisOptions = Exclude<QueueOptions['redis'], string | undefined>;

/**
 * Returns the options of ioredis for `redis[s]://[user[:password]@]host[:port][/database]`. Bull's own reading of a URL ignores `rediss:`
 * and leaves percent-encoded passwords as they are.
 *
 * @throws TypeError when `redisUrl` is not a URL.
 */
export function redisOptionsFromUrl(redisUrl: string): RedisOptions {
  const url = new URL(redisUrl);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1';
  return {
    host,
    port: url.port === '' ? 6379 : Number(url.port),
    // By default ioredis resolves IPv4 addresses only.
    family: 0,
    db: Number(url.pathname.slice(1) || '0'),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' ? { tls: { servername: host } } : {}),
  };
}
