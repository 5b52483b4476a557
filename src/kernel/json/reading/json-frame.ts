/** An open container. Its value is built here only if it turns out to be large; otherwise it becomes part of a group. */
export class JsonFrame {
  value: unknown[] | Record<string, unknown> | null = null;
  /** The number of elements or members in `value`. */
  count = 0;
  /** The offset of the first part that is not yet in `value`. */
  groupStart: number;
  /** The number of this container's commas since `groupStart`. */
  commas = 0;
  /** The offset after the last comma or the opening bracket. */
  separatorEnd: number;
  /** Offset of the last colon of this container. */
  colonAt = -1;
  /** The number of colons in the text up to `groupStart`, and up to `separatorEnd`. */
  colonsAtGroup: number;
  colonsAtSeparator: number;
  /** True when a comma follows the last child in `value`, so another value must come. */
  owesValue = false;
  /** Whether `JSON.stringify` would reproduce each number and the order of keys in this container and everything inside. */
  isPlain = true;
  /** True when a large child was just added, so only a comma or the end may come. */
  isBehindChild = false;

  constructor(
    readonly isObject: boolean,
    readonly start: number,
    colons: number,
  ) {
    this.groupStart = start + 1;
    this.separatorEnd = start + 1;
    this.colonsAtGroup = colons;
    this.colonsAtSeparator = colons;
  }

  /** The character that closes this container. */
  get close(): string {
    return this.isObject ? '}' : ']';
  }

  beginGroup(start: number, colons: number): void {
    this.groupStart = start;
    this.separatorEnd = start;
    this.commas = 0;
    this.colonsAtGroup = colons;
    this.colonsAtSeparator = colons;
  }
}
