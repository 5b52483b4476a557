import type { SnippetPin } from '../content/snippet-pin.js';
import type { JsonData } from '../content/json-data.js';
import type { Filter } from './filter.js';

/** `empty` and `blank` compare with what they describe and are an empty string everywhere else. */
export const EMPTY = Symbol('empty');
export const BLANK = Symbol('blank');
export type Operand = JsonData | typeof EMPTY | typeof BLANK;

export type OperandNode =
  | { readonly kind: 'literal'; readonly value: Operand }
  | { readonly kind: 'range'; readonly from: OperandNode; readonly to: OperandNode }
  | VariableNode;

/** `user.tags[0]` is the name `user` with the path `tags`, `0`. `begin` is the variable's offset in the template. */
export interface VariableNode {
  readonly kind: 'variable';
  readonly name: string;
  readonly path: readonly OperandNode[];
  readonly begin: number;
}

export type BinaryOperator = '==' | '!=' | '>' | '<' | '>=' | '<=' | 'contains' | 'and' | 'or';
export interface OperatorNode {
  readonly kind: 'operator';
  readonly operator: BinaryOperator | 'not';
}

export interface FilterNode {
  readonly name: string;
  readonly filter: Filter;
  readonly args: readonly OperandNode[];
  /** Only `default` has this option: `allow_false: true`. */
  readonly allowFalse: OperandNode | null;
}

/** In postfix order, as LiquidJS parses it, so that evaluation does not recurse however many operators are chained. */
export interface Expression {
  readonly postfix: readonly (OperandNode | OperatorNode)[];
  readonly filters: readonly FilterNode[];
}

export interface ConditionalBranch {
  readonly test: Expression;
  /** True for `unless`. */
  readonly negated: boolean;
  readonly body: readonly Node[];
}

export interface ForNode {
  readonly kind: 'for';
  readonly begin: number;
  readonly variable: string;
  readonly collection: OperandNode;
  readonly offset: OperandNode | null;
  readonly limit: OperandNode | null;
  readonly reversed: boolean;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

export interface CaseNode {
  readonly kind: 'case';
  readonly begin: number;
  readonly subject: Expression;
  readonly branches: readonly { readonly values: readonly OperandNode[]; readonly body: readonly Node[] }[];
  readonly otherwise: readonly Node[];
}

/** `{% render "snippet/tone@3", audience: who %}`, which exists only in `liquid-2`. */
export interface RenderNode {
  readonly kind: 'render';
  readonly begin: number;
  readonly pin: SnippetPin;
  readonly args: readonly SnippetArgument[];
}

export interface SnippetArgument {
  readonly name: string;
  readonly value: OperandNode;
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly begin: number; readonly expression: Expression }
  | {
      readonly kind: 'assign';
      readonly begin: number;
      readonly name: string;
      readonly expression: Expression;
    }
  | {
      readonly kind: 'capture';
      readonly begin: number;
      readonly name: string;
      readonly body: readonly Node[];
    }
  | {
      readonly kind: 'if';
      readonly begin: number;
      readonly branches: readonly ConditionalBranch[];
      readonly otherwise: readonly Node[];
    }
  | CaseNode
  | ForNode
  | RenderNode
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' };
