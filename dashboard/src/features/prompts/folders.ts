/** Folders with the number of prompts in each, sorted. */
export type Folders = readonly (readonly [folder: string, count: number])[];

/** Counts the prompts in the folders directly below one. @param names with slashes. */
export function countFolders(names: readonly string[], below: string): Folders {
  const counts = new Map<string, number>();
  for (const name of names) {
    if (!name.startsWith(below)) continue;
    const slash = name.indexOf('/', below.length);
    if (slash === -1) continue;
    const folder = name.slice(0, slash + 1);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}

/** Adds up the folders of several pages of a list. */
export function addFolders(pages: readonly Folders[]): Folders {
  const counts = new Map<string, number>();
  for (const [folder, count] of pages.flat()) counts.set(folder, (counts.get(folder) ?? 0) + count);
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}

/** Returns the parent of a folder; undefined at the top. */
export function parentFolder(folder: string): string | undefined {
  const slash = folder.lastIndexOf('/', folder.length - 2);
  return slash === -1 ? undefined : folder.slice(0, slash + 1);
}
