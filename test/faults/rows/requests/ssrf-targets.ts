import { LOOPBACK_SPELLINGS, PRIVATE_SPELLINGS } from '../../../../src/infra/outbound/outbound.testkit.js';

const SPELLINGS = [...LOOPBACK_SPELLINGS, ...PRIVATE_SPELLINGS];

/** URLs that are plainly not public: every spelling of every address, and tricks that have fooled URL parsers. */
export function plainTargets(port: number): string[] {
  return [
    ...SPELLINGS.flatMap((host) => [`http://${host}:${port}/hook`, `https://${host}:${port}/hook`]),
    ...tricks(port),
  ];
}

function tricks(port: number): string[] {
  const loopback = `127.0.0.1:${port}`;
  return [
    `HTTP://${loopback}/`,
    `hTTp://LocalHost:${port}/`,
    `http:${loopback}/`,
    `http:/${loopback}/`,
    `http:///${loopback}/`,
    `http:\\\\${loopback}\\`,
    `http://${loopback}\\@example.com/`,
    `http://${loopback}#@example.com/`,
    `http://${loopback}?@example.com/`,
    `http://example.com@${loopback}/`,
    `http://example.com:80@${loopback}/`,
    `http://user:secret@${loopback}/`,
    `http://@${loopback}/`,
    `http:// ${loopback}/`,
    `http://127.0.0.1\t:${port}/`,
    `http://127.0.\n0.1:${port}/`,
    `http://[::1%25lo]:${port}/`,
    `http://[::ffff:127.0.0.1]:${port}/`,
    `//${loopback}/`,
    `/v1/prompts`,
    `ftp://${loopback}/`,
    `file:///etc/hostname`,
    `gopher://${loopback}/_POST`,
    `data:text/plain,hello`,
    `javascript:alert(1)`,
    `unix:/var/run/docker.sock`,
    `ws://${loopback}/`,
    `http://${'a'.repeat(2_048)}.example/`,
  ];
}

/** Returns literal addresses as a resolver would return them. */
export function resolvedAddresses(): string[] {
  const hosts = SPELLINGS.filter((host) => URL.canParse(`http://${host}`)).map((host) =>
    new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, ''),
  );
  return [...new Set(hosts.filter((host) => /^[\d.]+$|:/.test(host)))];
}
