/** @param name a key in its quotes, and the colon behind it. */
export function toKey(name: string): string {
  return JSON.parse(name.slice(0, name.lastIndexOf('"') + 1)) as string;
}

/** No string in the value, and no key, has a NUL or half a surrogate. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && isWellFormed(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStorable);
  return Object.entries(value).every(([key, member]) => isStorable(key) && isStorable(member));
}

/** Tells whether every surrogate has its other half. Node 20 has the method; the library that the sources compile against does not. */
export function isWellFormed(text: string): boolean {
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed();
}
