import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Does the same as `packageVersion` of the configuration, whose other parts take longer to load than most commands take to run. */
export function readPackageVersion(folder = __dirname): string {
  try {
    return (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string })
      .version;
  } catch {
    return readPackageVersion(path.dirname(folder));
  }
}
