/** An open container. Its value is built here only if it turns out to be large; else it is part of a group. */
export class JsonFrame {
  value: unknown[] | Record<string, unknown> | null = null;
  /** Elements or members in `value`. */
  count = 0;
  /** Where what is not yet in `value` begins. */
  groupStart: number;
  /** Commas of this container since then. */
  commas = 0;
  /** Behind the last comma, or behind the opening bracket. */
  separatorEnd: number;
  /** Offset of the last colon of this container. */
  colonAt = -1;
  /** Colons in the text up to `groupStart`, and up to `separatorEnd`. */
  colonsAtGroup: number;
  colonsAtSeparator: number;
  /** A comma stands at the end of `value`, so another value has to come. */
  owesValue = false;
  /** Whether `JSON.stringify` would give back each number and the order of the keys, here and in all that is inside. */
  isPlain = true;
  /** A large child was just added, so nothing but a comma or the end may come. */
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

  /** The character that ends it. */
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
