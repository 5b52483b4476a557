/** The parts of an object or array that a schema has looked at, which `unevaluated…` skips. */
export class Seen {
  readonly keys = new Set<string>();
  readonly indexes = new Set<number>();
  hasAllKeys = false;
  /** The number of leading items that were looked at. */
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
