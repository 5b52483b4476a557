/** Which parts of an object or array were looked at by a schema: what `unevaluated…` leaves alone. */
export class Seen {
  readonly keys = new Set<string>();
  readonly indexes = new Set<number>();
  hasAllKeys = false;
  /** So many items from the first on. */
  items = 0;

  merge(other: Seen): void {
    for (const key of other.keys) this.keys.add(key);
    for (const index of other.indexes) this.indexes.add(index);
    this.hasAllKeys ||= other.hasAllKeys;
    this.items = Math.max(this.items, other.items);
  }

  hasKey(key: string): boolean {
    return this.hasAllKeys || this.keys.has(key);
  }

  hasIndex(index: number): boolean {
    return index < this.items || this.indexes.has(index);
  }
}
