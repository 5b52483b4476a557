import { LiquidError, Tokenizer, TypeGuards, defaultOptions } from 'liquidjs';
import type { TagToken, TopLevelToken } from 'liquidjs';
import { findUnstorable } from '../../content/json-data.js';
import { LIMITS } from '../limits.js';
import type { CaseNode, ConditionalBranch, ForNode, Node, OperandNode } from '../nodes.js';
import { assertAtEnd, parseExpression, parseOperand, translateOperand } from './parse-expression.js';
import { parseRender } from './parse-render.js';
import { TemplateProblem } from './template-problem.js';
import { TemplateTokenizer } from './template-tokenizer.js';

const PARTS_OF_BLOCKS: ReadonlySet<string> = new Set(
  'elsif else endif endunless when endcase endfor endcapture endraw endcomment'.split(' '),
);

export interface ParseOptions {
  /** Whether `{% render "snippet/tone@3" %}` is a tag, as from `liquid-2` on. */
  readonly hasSnippets: boolean;
}

const LIQUID_1: ParseOptions = { hasSnippets: false };

/** The tags and outputs of a prompt so far, and their characters. */
export interface MarkupQuota {
  markups: number;
  markupChars: number;
}

/**
 * Parses one template into nodes. LiquidJS reads the tokens, so the syntax is Liquid's. The tags are assembled here, because LiquidJS's own
 * ignore what they do not understand, remove each token from the list in O(n), and recurse until the stack overflows.
 *
 * @param source at most `LIMITS.templateChars` characters.
 * @param quota the usage of the prompt's earlier templates, to which this one is added.
 * @throws TemplateProblem
 */
export function parseTemplate(source: string, quota: MarkupQuota, options = LIQUID_1): Node[] {
  const unstorable = findUnstorable(source);
  if (unstorable !== -1) throw new TemplateProblem('NUL or a lone surrogate', unstorable);
  try {
    const tokens = new TemplateTokenizer(source).readTopLevelTokens(defaultOptions);
    assertWithinLimits(tokens, quota);
    return new TemplateParser(tokens, options).parse();
  } catch (error) {
    throw asTemplateProblem(error);
  }
}

class TemplateParser {
  private next = 0;
  private depth = 0;
  private loops = 0;

  constructor(
    private readonly tokens: readonly TopLevelToken[],
    private readonly options: ParseOptions,
  ) {}

  parse(): Node[] {
    return this.readUntil([], null).nodes;
  }

  /** Reads nodes up to one of the named tags, which it returns, or up to the end when no tag is open. */
  private readUntil(
    names: readonly string[],
    opener: TagToken | null,
  ): { nodes: Node[]; end: TagToken | null } {
    const nodes: Node[] = [];
    for (let token = this.tokens[this.next++]; token !== undefined; token = this.tokens[this.next++]) {
      if (TypeGuards.isTagToken(token)) {
        if (names.includes(token.name)) return { nodes, end: token };
        const node = this.readTag(token);
        if (node !== null) nodes.push(node);
      } else if (TypeGuards.isOutputToken(token)) {
        const tokenizer = new Tokenizer(token.input, defaultOptions.operators, undefined, token.contentRange);
        nodes.push({ kind: 'output', begin: token.begin, expression: parseExpression(tokenizer) });
      } else nodes.push({ kind: 'text', text: token.getContent() });
    }
    if (opener !== null) throw new TemplateProblem(`{% ${opener.name} %} is not closed`, opener.begin);
    return { nodes, end: null };
  }

  /** Returns the node of a tag; null for a tag without one. */
  private readTag(tag: TagToken): Node | null {
    switch (tag.name) {
      case 'if':
      case 'unless':
        return this.inBlock(tag, () => this.readIf(tag));
      case 'case':
        return this.inBlock(tag, () => this.readCase(tag));
      case 'for':
        return this.inBlock(tag, () => this.readFor(tag));
      case 'capture':
        return this.inBlock(tag, () => this.readCapture(tag));
      case 'assign':
        return readAssign(tag);
      case 'render':
        return this.options.hasSnippets ? parseRender(tag) : refuseTag(tag);
      case 'raw':
        return { kind: 'text', text: this.readVerbatim(tag, 'endraw') };
      case 'comment':
        this.readVerbatim(tag, 'endcomment');
        return null;
      case 'break':
      case 'continue':
        assertAtEnd(tag.tokenizer);
        if (this.loops === 0) throw new TemplateProblem(`{% ${tag.name} %} outside of {% for %}`, tag.begin);
        return { kind: tag.name };
      default:
        return refuseTag(tag);
    }
  }

  private inBlock<T>(tag: TagToken, read: () => T): T {
    this.depth += 1;
    if (this.depth > LIMITS.blockDepth) {
      throw new TemplateProblem(`tags are nested deeper than ${LIMITS.blockDepth}`, tag.begin);
    }
    const node = read();
    this.depth -= 1;
    return node;
  }

  private readIf(tag: TagToken): Node {
    const closing = `end${tag.name}`;
    const branches: ConditionalBranch[] = [];
    let opener = tag;
    for (;;) {
      const test = parseExpression(opener.tokenizer);
      const { nodes: body, end } = this.readUntil(['elsif', 'else', closing], tag);
      branches.push({ test, negated: opener.name === 'unless', body });
      if (end?.name !== 'elsif') {
        return { kind: 'if', begin: tag.begin, branches, otherwise: this.readOtherwise(tag, end, closing) };
      }
      opener = end;
    }
  }

  /** @param end the `else` or the closing tag that ended the previous branch. */
  private readOtherwise(tag: TagToken, end: TagToken | null, closing: string): Node[] {
    if (end !== null) assertAtEnd(end.tokenizer);
    if (end?.name !== 'else') return [];
    const { nodes, end: closed } = this.readUntil([closing], tag);
    if (closed !== null) assertAtEnd(closed.tokenizer);
    return nodes;
  }

  private readCase(tag: TagToken): CaseNode {
    const subject = parseExpression(tag.tokenizer);
    const branches: { values: OperandNode[]; body: Node[] }[] = [];
    const beforeFirst = this.readUntil(['when', 'else', 'endcase'], tag);
    if (beforeFirst.nodes.some((node) => node.kind !== 'text' || node.text.trim() !== '')) {
      throw new TemplateProblem('only whitespace is allowed between {% case %} and {% when %}', tag.begin);
    }
    let { end } = beforeFirst;
    while (end?.name === 'when') {
      const values = readWhenValues(end);
      const branch = this.readUntil(['when', 'else', 'endcase'], tag);
      branches.push({ values, body: branch.nodes });
      end = branch.end;
    }
    const otherwise = this.readOtherwise(tag, end, 'endcase');
    return { kind: 'case', begin: tag.begin, subject, branches, otherwise };
  }

  private readFor(tag: TagToken): ForNode {
    const { tokenizer } = tag;
    const variable = tokenizer.readIdentifier().content;
    if (variable === '' || tokenizer.readIdentifier().content !== 'in') {
      throw new TemplateProblem('"{% for item in items %}" is expected', tag.begin);
    }
    const collection = parseOperand(tokenizer);
    const modifiers = readForModifiers(tag);
    this.loops += 1;
    const { nodes: body, end } = this.readUntil(['else', 'endfor'], tag);
    this.loops -= 1;
    const otherwise = this.readOtherwise(tag, end, 'endfor');
    return { kind: 'for', begin: tag.begin, variable, collection, ...modifiers, body, otherwise };
  }

  private readCapture(tag: TagToken): Node {
    const name = tag.tokenizer.readIdentifier().content;
    if (name === '') throw new TemplateProblem('a variable name is expected here', tag.begin);
    assertAtEnd(tag.tokenizer);
    const { nodes: body, end } = this.readUntil(['endcapture'], tag);
    if (end !== null) assertAtEnd(end.tokenizer);
    return { kind: 'capture', begin: tag.begin, name, body };
  }

  private readVerbatim(tag: TagToken, closing: 'endraw' | 'endcomment'): string {
    let text = '';
    for (let token = this.tokens[this.next++]; token !== undefined; token = this.tokens[this.next++]) {
      if (TypeGuards.isTagToken(token) && token.name === closing) return text;
      text += token.getText();
    }
    throw new TemplateProblem(`{% ${tag.name} %} is not closed`, tag.begin);
  }
}

function refuseTag(tag: TagToken): never {
  throw new TemplateProblem(
    PARTS_OF_BLOCKS.has(tag.name) ? `unexpected {% ${tag.name} %}` : `the tag "${tag.name}" is not allowed`,
    tag.begin,
  );
}

function readAssign(tag: TagToken): Node {
  const { tokenizer } = tag;
  const name = tokenizer.readIdentifier().content;
  tokenizer.skipBlank();
  if (name === '' || tokenizer.peek() !== '=') {
    throw new TemplateProblem('"{% assign name = value %}" is expected', tag.begin);
  }
  tokenizer.advance();
  return { kind: 'assign', begin: tag.begin, name, expression: parseExpression(tokenizer) };
}

function readWhenValues({ tokenizer }: TagToken): OperandNode[] {
  const values = [parseOperand(tokenizer)];
  for (tokenizer.skipBlank(); !tokenizer.end(); tokenizer.skipBlank()) {
    const begin = tokenizer.p;
    if (tokenizer.peek() === ',') tokenizer.advance();
    else if (tokenizer.readIdentifier().content !== 'or') {
      throw new TemplateProblem('"," or "or" is expected between the values of {% when %}', begin);
    }
    values.push(parseOperand(tokenizer));
  }
  return values;
}

function readForModifiers({ tokenizer }: TagToken): Pick<ForNode, 'offset' | 'limit' | 'reversed'> {
  const modifiers: { offset: OperandNode | null; limit: OperandNode | null; reversed: boolean } = {
    offset: null,
    limit: null,
    reversed: false,
  };
  for (const { name, value, begin } of tokenizer.readHashes()) {
    if (name.content === 'reversed' && value === undefined) modifiers.reversed = true;
    else if ((name.content === 'offset' || name.content === 'limit') && value !== undefined) {
      modifiers[name.content] = translateOperand(value);
    } else throw new TemplateProblem('{% for %} takes "offset: 1", "limit: 1" and "reversed"', begin);
  }
  assertAtEnd(tokenizer);
  return modifiers;
}

function assertWithinLimits(tokens: readonly TopLevelToken[], quota: MarkupQuota): void {
  for (const token of tokens) {
    if (TypeGuards.isHTMLToken(token)) continue;
    quota.markups += 1;
    quota.markupChars += token.size();
    if (quota.markups > LIMITS.markups) {
      throw new TemplateProblem(`more than ${LIMITS.markups} tags and outputs`, token.begin);
    }
    if (quota.markupChars > LIMITS.markupChars) {
      throw new TemplateProblem(
        `more than ${LIMITS.markupChars} characters in tags and outputs`,
        token.begin,
      );
    }
    if (countBracketDepth(token.content) > LIMITS.bracketDepth) {
      throw new TemplateProblem(`brackets are nested deeper than ${LIMITS.bracketDepth}`, token.begin);
    }
  }
}

function countBracketDepth(markup: string): number {
  let depth = 0;
  let deepest = 0;
  for (const part of markup.matchAll(/"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[[\]()]/gs)) {
    if (part[0] === '[' || part[0] === '(') deepest = Math.max(deepest, ++depth);
    else if (part[0] === ']' || part[0] === ')') depth -= 1;
  }
  return deepest;
}

function asTemplateProblem(error: unknown): unknown {
  if (error instanceof RangeError) return new TemplateProblem('brackets are nested too deeply', 0);
  if (!LiquidError.is(error)) return error;
  // LiquidJS appends the position to each message in its own words.
  return new TemplateProblem(error.message.replace(/, line:\d+, col:\d+$/, ''), error.token.begin);
}
