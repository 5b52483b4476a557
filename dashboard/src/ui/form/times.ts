/** Formats local time for a time control, such as `2026-01-31T12:00`. @param iso RFC 3339, or null. */
export function toLocalTime(iso: string | null): string {
  if (iso === null) return '';
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Returns the value of a time control as RFC 3339; null when it is empty. */
export function fromLocalTime(local: string): string | null {
  const time = new Date(local);
  return local === '' || Number.isNaN(time.getTime()) ? null : time.toISOString();
}
