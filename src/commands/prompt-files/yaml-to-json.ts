import { type Document, isAlias, isMap, isScalar, isSeq, type YAMLMap } from 'yaml';

/** A number of YAML that is valid JSON without a change. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** More nodes than any prompt has, because aliases may expand without end, and deeper than a schema may be. */
const MAX_NODES = 1_000_000;
const MAX_DEPTH = 128;

/**
 * Returns the JSON of a node with the spelling of its numbers and the order of its keys, which a JavaScript value would lose. Returns
 * `null` for values that JSON cannot express, such as a key that is a list, and for those that do not end.
 */
export function yamlToJson(node: unknown, document: Document): string | null {
  return new Writer(document).write(node);
}

class Writer {
  private nodes = 0;
  private depth = 0;

  constructor(private readonly document: Document) {}

  write(node: unknown): string | null {
    this.nodes += 1;
    if (this.nodes > MAX_NODES || this.depth > MAX_DEPTH) return null;
    this.depth += 1;
    const text = this.writeNode(node);
    this.depth -= 1;
    return text;
  }

  private writeNode(node: unknown): string | null {
    if (isAlias(node)) return this.write(node.resolve(this.document));
    if (isSeq(node))
      return this.joined(
        node.items.map((item) => this.write(item)),
        '[',
        ']',
      );
    if (isMap(node)) return this.joined(this.members(node), '{', '}');
    if (node === null) return 'null';
    if (!isScalar(node)) return null;
    const { value, source } = node;
    if (typeof value === 'number' && source !== undefined && JSON_NUMBER.test(source)) return source;
    return JSON.stringify(value) ?? null;
  }

  private members({ items }: YAMLMap): (string | null)[] {
    return items.map(({ key, value }) => {
      const text = isScalar(key) ? this.write(value) : null;
      return text === null ? null : `${JSON.stringify(String((key as { value: unknown }).value))}:${text}`;
    });
  }

  private joined(parts: readonly (string | null)[], open: string, close: string): string | null {
    return parts.includes(null) ? null : open + parts.join(',') + close;
  }
}
