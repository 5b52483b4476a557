/** A piece of what a model answered. */
export interface ContentPiece {
  readonly text: string;
  /** The vendor marks it as the model's refusal. */
  readonly isRefusal: boolean;
}

export interface ReadContent {
  /** In their order, none of them empty. */
  readonly pieces: readonly ContentPiece[];
  /**
   * Whether there is something in it that is neither text nor known to be no part of the answer. An answer of nothing else
   * must not pass for an empty one.
   */
  readonly hasUnknown: boolean;
}

type Shape = Readonly<Record<string, unknown>>;

/** Vendors nest a text in a part in a message; what is deeper than this is something else. */
const DEEPEST = 8;

const NONE: ReadContent = { pieces: [], hasUnknown: false };

/**
 * Parts of an answer that are not its text: Mistral's `thinking` and `reference` chunks, Anthropic's blocks of thinking,
 * tools and compaction, the reasoning of OpenAI's responses. Tool calls are read separately.
 */
const BESIDE_THE_ANSWER =
  /think|thought|reason|summary|tool|function|reference|citation|signature|compaction/;

/** The same, where a part has no type but a member of this name: what Gemini, for one, does. */
const MEMBERS_BESIDE = ['thinking', 'reasoning', 'thoughtSignature'];

/** The members in which a part may have its text, the usual one first. */
const MEMBERS_WITH_TEXT = ['text', 'output_text', 'content', 'value', 'parts'];

/**
 * Reads what a message or a chunk has as its content: a text, a list of typed parts (`text`, `output_text`, `refusal`), of
 * texts, or one part alone; a part's text may be an object with a `value`. A part of an unknown type is read where it holds
 * text.
 */
export function readContent(content: unknown): ReadContent {
  // Nearly always, and once per chunk of every stream.
  if (typeof content === 'string') {
    return content === '' ? NONE : { pieces: [{ text: content, isRefusal: false }], hasUnknown: false };
  }
  if (content === null || content === undefined) return NONE;
  const reader = new ContentReader();
  reader.read(content, false, 0);
  return reader;
}

/** All of it as one text, a refusal included; null when there is none. */
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
    // A server in JSON mode may forget that the content is a text.
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
