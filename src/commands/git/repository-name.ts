/**
 * Returns the name of a repository on its host, such as `acme/app`, from the URL of a remote, without host, credentials and
 * `.git`. Null for a folder of this machine, whose path means nothing to others.
 */
export function repositoryName(remoteUrl: string): string | null {
  const path = readPath(remoteUrl.trim());
  if (path === null) return null;
  const name = path
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/^\/+/, '');
  return name === '' ? null : name;
}

/** Distinguishes what git distinguishes: a URL, `[user@]host:path`, or a path. */
function readPath(remoteUrl: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(remoteUrl)) {
    if (!URL.canParse(remoteUrl)) return null;
    const { protocol, pathname } = new URL(remoteUrl);
    return protocol === 'file:' ? null : decoded(pathname);
  }
  // A slash before the colon or a drive letter makes it a path.
  const scp = /^(?:[^@/]+@)?(?:\[[^\]]*\]|[^/:]{2,}):(.+)$/.exec(remoteUrl);
  return scp?.[1] ?? null;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
