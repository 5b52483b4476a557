import { TypeGuards } from 'liquidjs';
import type { TagToken } from 'liquidjs';
import { parseSnippetPin, type SnippetPin } from '../../content/snippet-pin.js';
import type { RenderNode, SnippetArgument } from '../nodes.js';
import { assertAtEnd, translateOperand } from './parse-expression.js';
import { TemplateProblem } from './template-problem.js';

const EXPECTED =
  '{% render "snippet/tone@3", audience: who %} is expected: the name and the number are literal';

/**
 * Reads `{% render "snippet/NAME@NUMBER", argument: value, … %}`. Variables never choose the snippet, because a version's content must be
 * known in advance.
 */
export function parseRender(tag: TagToken): RenderNode {
  const { tokenizer } = tag;
  const pin = readPin(tag);
  const args: SnippetArgument[] = [];
  for (const { name, value, begin } of tokenizer.readHashes()) {
    if (value === undefined) throw new TemplateProblem('arguments are named: "audience: who"', begin);
    if (args.some((arg) => arg.name === name.content)) {
      throw new TemplateProblem(`the argument "${name.content}" is given twice`, begin);
    }
    args.push({ name: name.content, value: translateOperand(value) });
  }
  assertAtEnd(tokenizer);
  return { kind: 'render', begin: tag.begin, pin, args };
}

function readPin(tag: TagToken): SnippetPin {
  const token = tag.tokenizer.readValue();
  if (token === undefined || !TypeGuards.isQuotedToken(token)) throw new TemplateProblem(EXPECTED, tag.begin);
  const pin = parseSnippetPin(token.content);
  if (pin === null) throw new TemplateProblem(EXPECTED, token.begin);
  return pin;
}
