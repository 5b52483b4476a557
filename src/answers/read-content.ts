/** A piece of a model's answer. */
export interface ContentPiece {
  readonly text: string;
  /** True when the vendor marks it as a refusal by the model. */
  readonly isRefusal: boolean;
}

export interface ReadContent {
  /** In order, without empty ones. */
  readonly pieces: readonly ContentPiece[];
  /**
   * Whether the content has something that is neither text nor known to be outside the answer. An answer with nothing else must not pass
   * for an empty one.
   */
  readonly hasUnknown: boolean;
}

type Shape = Readonly<Record<string, unknown>>;

/** Vendors nest a text in a part in a message; deeper content is something else. */
const DEEPEST = 8;

const NONE: ReadContent = { pieces: [], hasUnknown: false };

/**
 * Parts of an answer that are not its text: Mistral's `thinking` and `reference` chunks, Anthropic's blocks of thinking, tools and
 * compaction, the reasoning of OpenAI's responses. Tool calls are read separately.
 */
const BESIDE_THE_ANSWER =
  /think|thought|reason|summary|tool|function|reference|citation|signature|compaction/;

/** Members that mark a part without a type as not being text, as Gemini does. */
const MEMBERS_BESIDE = ['thinking', 'reasoning', 'thoughtSignature'];

/** The members that may hold the text of a part, the usual one first. */
const MEMBERS_WITH_TEXT = ['text', 'output_text', 'content', 'value', 'parts'];

/**
 * Reads the content of a message or a chunk: a text, a list of typed parts (`text`, `output_text`, `refusal`) or of texts, or a single
 * part. A part's text may be an object with a `value`. A part of an unknown type is read if it contains text.
 */
export function readContent(content: unknown): ReadContent {
  // The usual case, for each chunk of every stream.
  if (typeof content === 'string') {
    return content === '' ? NONE : { pieces: [{ text: content, isRefusal: false }], hasUnknown: false };
  }
  if (content === null || content === undefined) return NONE;
  const reader = new ContentReader();
  reader.read(content, false, 0);
  return reader;
}

/** Returns the whole content as one text, including a refusal; null when there is none. */
export function contentText(content: unknown): string | null {
  const { pieces } = readContent(content);
  return pieces.length === 0 ? null : pieces.map(({ text }) => text).join('');
}

class ContentReader implements ReadContent {
  readonly pieces: ContentPiece[] = [];
  hasUnknown = false;

  read(value: unknown, isRefusal: boolean, depth: number): void {
    if (value === null || value === undefined || value === '') return;
    if (typeof value === 'string') this.pieces.push({ text: value, isRefusal });
    // A server in JSON mode may send a number instead of a text.
    else if (typeof value === 'number') this.pieces.push({ text: String(value), isRefusal });
    else if (typeof value !== 'object' || depth === DEEPEST) this.hasUnknown = true;
    else if (Array.isArray(value)) for (const item of value) this.read(item, isRefusal, depth + 1);
    else this.readPart(value as Shape, isRefusal, depth);
  }

  private readPart(part: Shape, isRefusal: boolean, depth: number): void {
    const type = typeof part['type'] === 'string' ? part['type'] : '';
    if (part['thought'] === true || BESIDE_THE_ANSWER.test(type)) return;
    const refusal = part['refusal'];
    if (typeof refusal === 'string') return this.read(refusal, true, depth + 1);
    const member = MEMBERS_WITH_TEXT.find((name) => (part[name] ?? null) !== null);
    if (member !== undefined) return this.read(part[member], isRefusal || type === 'refusal', depth + 1);
    const isNothing = Object.values(part).every((said) => said === null || said === type);
    if (!isNothing && !MEMBERS_BESIDE.some((name) => name in part)) this.hasUnknown = true;
  }
}
