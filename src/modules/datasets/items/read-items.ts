import {
  type ErrorEntry,
  pointerSegment,
  type Steps,
  ValidationError,
  writeJson,
} from '../../../kernel/index.js';
import { hashItem, type ItemContent } from './hash-item.js';

/** An item, ready to be stored. */
export interface NewItem {
  readonly itemHash: Buffer;
  readonly externalId: string | null;
  /** The JSON of the item as it was sent, without white space. */
  readonly content: string;
  readonly sizeBytes: number;
  /** The execution that the item was made from; null for an item that was sent. */
  readonly sourceExecutionId: string | null;
}

/** Checks the variables of an item. Each fault has a pointer into them. */
export type VariablesCheck = (variables: Readonly<Record<string, unknown>>) => readonly ErrorEntry[];

export interface ReadItems {
  readonly items: readonly NewItem[];
  /** Faults of items that do not match the dataset's schema, with pointers into the body. If there are any, nothing is stored. */
  readonly misfits: readonly ErrorEntry[];
}

const MEMBERS = ['external_id', 'variables', 'expected', 'metadata'];
const MAX_EXTERNAL_ID_CHARS = 255;
/** The limit on the body of a run, because a larger item could never be tried. */
const MAX_ITEM_BYTES = 1024 * 1024;
/** Enough to fix a file in one pass. */
const MAX_ERRORS = 100;

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads the items of a request one by one, so that a hundred thousand of them block no other request.
 * @param values the unvalidated JSON, with the text of its numbers.
 * @param check for the dataset's schema; null without one.
 * @throws ValidationError `VALIDATION_FAILED` with a pointer for each fault, including a duplicate `external_id`.
 */
export function* readItems(values: readonly unknown[], check: VariablesCheck | null): Steps<ReadItems> {
  const reader = new ItemReader(check);
  for (const value of values) {
    reader.read(value);
    yield;
  }
  return reader.finish();
}

class ItemReader {
  private readonly items: NewItem[] = [];
  private readonly errors: ErrorEntry[] = [];
  private readonly misfits: ErrorEntry[] = [];
  /** The index of each `external_id`. */
  private readonly places = new Map<string, number>();
  private index = 0;

  constructor(private readonly check: VariablesCheck | null) {}

  read(value: unknown): void {
    const item = this.readContent(value);
    if (item !== null && this.errors.length === 0) this.add(item);
    this.index += 1;
  }

  finish(): ReadItems {
    if (this.errors.length > 0) this.refuse();
    return { items: this.items, misfits: this.misfits };
  }

  private add(item: ItemContent): void {
    const content = writeJson(item);
    const sizeBytes = Buffer.byteLength(content);
    if (sizeBytes > MAX_ITEM_BYTES) return this.report('', `is larger than ${MAX_ITEM_BYTES} bytes`);
    if (this.check !== null && this.misfits.length < MAX_ERRORS) this.checkVariables(item, this.check);
    const externalId = item.external_id ?? null;
    this.items.push({ itemHash: hashItem(item), externalId, content, sizeBytes, sourceExecutionId: null });
  }

  private checkVariables({ variables }: ItemContent, check: VariablesCheck): void {
    for (const { pointer, message } of check(variables)) {
      if (this.misfits.length >= MAX_ERRORS) return;
      this.misfits.push({ pointer: `/items/${this.index}/variables${pointer}`, message });
    }
  }

  /** @returns null for an invalid item. */
  private readContent(value: unknown): ItemContent | null {
    if (!isMembers(value)) {
      this.report('', 'must be a JSON object');
      return null;
    }
    const before = this.errors.length;
    for (const member of Object.keys(value)) {
      if (!MEMBERS.includes(member)) this.report(`/${pointerSegment(member)}`, 'is not a known field');
    }
    this.readExternalId(value['external_id']);
    if (value['variables'] === undefined) this.report('/variables', 'is required');
    else if (!isMembers(value['variables'])) this.report('/variables', 'must be a JSON object');
    const metadata = value['metadata'] ?? null;
    if (metadata !== null && !isMembers(metadata)) this.report('/metadata', 'must be a JSON object or null');
    // Every member was checked above.
    return this.errors.length === before ? (value as unknown as ItemContent) : null;
  }

  private readExternalId(value: unknown): void {
    if (value === undefined || value === null) return;
    if (typeof value !== 'string' || value.length === 0 || [...value].length > MAX_EXTERNAL_ID_CHARS) {
      return this.report('/external_id', `must be a string of 1 to ${MAX_EXTERNAL_ID_CHARS} characters`);
    }
    const place = this.places.get(value);
    if (place !== undefined) this.report('/external_id', `is the external_id of item ${place} too`);
    else this.places.set(value, this.index);
  }

  private report(pointer: string, message: string): void {
    this.errors.push({ pointer: `/items/${this.index}${pointer}`, message });
    if (this.errors.length >= MAX_ERRORS) this.refuse();
  }

  private refuse(): never {
    throw new ValidationError('Correct the items that "errors" lists; none was stored.', this.errors);
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
