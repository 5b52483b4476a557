import { ExactNumber } from '../../../kernel/index.js';
import { TypeGuards } from 'liquidjs';
import type { PropertyAccessToken, QuotedToken, Token, Tokenizer } from 'liquidjs';
import { findUnstorable } from '../../content/json-data.js';
import { findFilter } from '../filters/index.js';
import { BLANK, EMPTY } from '../nodes.js';
import type {
  BinaryOperator,
  Expression,
  FilterNode,
  Operand,
  OperandNode,
  OperatorNode,
  VariableNode,
} from '../nodes.js';
import { TemplateProblem } from './template-problem.js';

/**
 * LiquidJS's tokenizer is lenient: it reads `{{ first name }}` as `first`, `{{ a | }}` as `a` and `{% assign a = "b %}` as an unfinished
 * string. In a prompt such mistakes would go unnoticed, so all of them are refused here.
 */
type FilteredValue = ReturnType<Tokenizer['readFilteredValue']>;
type FilterToken = FilteredValue['filters'][number];

const LITERALS: ReadonlyMap<string, Operand> = new Map<string, Operand>([
  ['true', true],
  ['false', false],
  ['nil', null],
  ['null', null],
  ['empty', EMPTY],
  ['blank', BLANK],
]);

const BINARY: ReadonlySet<string> = new Set<BinaryOperator>([
  '==',
  '!=',
  '>',
  '<',
  '>=',
  '<=',
  'contains',
  'and',
  'or',
]);

/** Reads `operand operator operand | filter: argument` up to the end of the tag. */
export function parseExpression(tokenizer: Tokenizer): Expression {
  const value: FilteredValue = tokenizer.readFilteredValue();
  assertAtEnd(tokenizer);
  const last = tokenizer.input[tokenizer.N - 1] ?? '';
  if ('|:,'.includes(last)) throw new TemplateProblem(`nothing follows "${last}"`, tokenizer.N - 1);
  return { postfix: translatePostfix(value), filters: value.filters.map(translateFilter) };
}

/** Reads one literal, variable or range and advances the tokenizer past it. */
export function parseOperand(tokenizer: Tokenizer): OperandNode {
  const begin = tokenizer.p;
  const token = tokenizer.readValue();
  if (token === undefined) throw new TemplateProblem('a value is expected here', begin);
  return translateOperand(token);
}

/** @throws TemplateProblem when the tag contains anything else but blanks. */
export function assertAtEnd(tokenizer: Tokenizer): void {
  tokenizer.skipBlank();
  if (!tokenizer.end()) throw new TemplateProblem(`unexpected ${tokenizer.snapshot()}`, tokenizer.p);
}

function translatePostfix({ initial, begin }: FilteredValue): (OperandNode | OperatorNode)[] {
  const postfix = initial.postfix.map((token) =>
    TypeGuards.isOperatorToken(token) ? translateOperator(token.operator, token) : translateOperand(token),
  );
  let operands = 0;
  for (const node of postfix) {
    if (node.kind !== 'operator') operands += 1;
    else if (operands < (node.operator === 'not' ? 1 : 2))
      throw new TemplateProblem('an operator lacks a value', begin);
    else if (node.operator !== 'not') operands -= 1;
  }
  if (operands !== 1) throw new TemplateProblem('two values without an operator between them', begin);
  return postfix;
}

function translateOperator(operator: string, token: Token): OperatorNode {
  if (operator === 'not' || BINARY.has(operator)) {
    return { kind: 'operator', operator: operator as BinaryOperator | 'not' };
  }
  throw new TemplateProblem(`the operator "${operator}" is not allowed`, token.begin);
}

export function translateOperand(token: Token): OperandNode {
  if (TypeGuards.isPropertyAccessToken(token)) return translateVariable(token);
  if (TypeGuards.isQuotedToken(token)) return { kind: 'literal', value: quotedText(token) };
  if (TypeGuards.isNumberToken(token)) {
    if (!Number.isFinite(token.content)) throw new TemplateProblem('the number is too large', token.begin);
    return { kind: 'literal', value: literalNumber(token.getText(), token.content) };
  }
  if (TypeGuards.isLiteralToken(token)) {
    return { kind: 'literal', value: LITERALS.get(token.literal) ?? null };
  }
  if (TypeGuards.isRangeToken(token)) {
    return { kind: 'range', from: translateOperand(token.lhs), to: translateOperand(token.rhs) };
  }
  throw new TemplateProblem('this value is not allowed', token.begin);
}

function translateVariable(token: PropertyAccessToken): VariableNode {
  const [root, ...path] = token.props;
  if (token.variable !== undefined || root === undefined) {
    throw new TemplateProblem('only a variable has properties', token.begin);
  }
  if (token.input[token.end - 1] === '.') {
    throw new TemplateProblem('a property name is expected after the dot', token.end);
  }
  return { kind: 'variable', name: rootName(root), path: path.map(translateSegment), begin: token.begin };
}

function rootName(root: Token): string {
  if (TypeGuards.isWordToken(root) && root.content !== '') return root.content;
  if (TypeGuards.isQuotedToken(root)) return bracketed(root, quotedText(root));
  throw new TemplateProblem('a variable name is expected here', root.begin);
}

function translateSegment(token: Token): OperandNode {
  if (TypeGuards.isWordToken(token)) {
    if (token.content === '')
      throw new TemplateProblem('a property name is expected in the brackets', token.begin);
    return { kind: 'literal', value: token.content };
  }
  if (TypeGuards.isRangeToken(token) || TypeGuards.isLiteralToken(token)) {
    throw new TemplateProblem('a property is named by a string, a number or a variable', token.begin);
  }
  return bracketed(token, translateOperand(token));
}

/** Refuses text between the value and the bracket, which LiquidJS skips. */
function bracketed<T>(token: Token, value: T): T {
  const closing = /\s*\]/y;
  closing.lastIndex = token.end;
  if (!closing.test(token.input)) throw new TemplateProblem('"]" is expected here', token.end);
  return value;
}

function translateFilter({ name, args, begin }: FilterToken): FilterNode {
  const filter = findFilter(name);
  if (filter === null) throw new TemplateProblem(`the filter "${name}" is not allowed`, begin);
  const positional: OperandNode[] = [];
  let allowFalse: OperandNode | null = null;
  for (const arg of args) {
    if (!Array.isArray(arg)) {
      positional.push(translateOperand(arg));
      continue;
    }
    const [key, value] = arg;
    if (name !== 'default' || key !== 'allow_false' || value === undefined) {
      throw new TemplateProblem(`the filter "${name}" has no argument "${String(key)}"`, begin);
    }
    allowFalse = translateOperand(value);
  }
  const { minArgs, maxArgs } = filter;
  if (positional.length < minArgs || positional.length > maxArgs) {
    const takes = minArgs === maxArgs ? `${minArgs}` : `${minArgs} to ${maxArgs}`;
    throw new TemplateProblem(
      `the filter "${name}" takes ${takes} arguments, not ${positional.length}`,
      begin,
    );
  }
  return { name, filter, args: positional, allowFalse };
}

function quotedText(token: QuotedToken): string {
  const text = token.getText();
  let end = 1;
  while (end < text.length && text[end] !== text[0]) end += text[end] === '\\' ? 2 : 1;
  if (end !== text.length - 1) throw new TemplateProblem('the string is not closed', token.begin);
  if (findUnstorable(token.content) !== -1) {
    throw new TemplateProblem('the string holds NUL or a lone surrogate', token.begin);
  }
  return token.content;
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** Returns a double, except for a number that no double holds: an id of twenty digits has to equal itself. */
function literalNumber(text: string, double: number): Operand {
  if (!JSON_NUMBER.test(text)) return double;
  const number = new ExactNumber(text);
  return number.isDouble ? double : number;
}
