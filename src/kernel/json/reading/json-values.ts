/** @param name a quoted key with the colon after it. */
export function toKey(name: string): string {
  return JSON.parse(name.slice(0, name.lastIndexOf('"') + 1)) as string;
}

/** Whether no string and no key in the value contains NUL or half a surrogate. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && isWellFormed(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStorable);
  return Object.entries(value).every(([key, member]) => isStorable(key) && isStorable(member));
}

/** Whether every surrogate is paired. Node 20 has the method, but the library that the sources compile against does not. */
export function isWellFormed(text: string): boolean {
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed();
}
