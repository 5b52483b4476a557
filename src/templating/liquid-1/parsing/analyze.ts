import { snippetKey } from '../../content/snippet-pin.js';
import type { Expression, FilterNode, Node, OperandNode, RenderNode, VariableNode } from '../nodes.js';
import { TemplateProblem } from './template-problem.js';

export interface TemplateAnalysis {
  /** Names of the variables that the template takes from its caller, in order of first appearance. */
  readonly variables: readonly string[];
  /**
   * Variables that must be present whatever the values of the others: put out, looped over or filtered, but not behind `default` or inside
   * a condition on the same variable. Only variables with a literal path.
   */
  readonly required: readonly VariableNode[];
}

/** Analyses of snippets by their {@link snippetKey}. */
export type KnownSnippets = ReadonlyMap<string, TemplateAnalysis>;

const NO_SNIPPETS: KnownSnippets = new Map();

/** @throws TemplateProblem for an unknown snippet, or one that lacks an argument that it needs. */
export function analyzeTemplate(nodes: readonly Node[], snippets = NO_SNIPPETS): TemplateAnalysis {
  const analyzer = new Analyzer(snippets);
  analyzer.visitAll(nodes);
  return { variables: [...analyzer.variables], required: analyzer.required };
}

class Analyzer {
  readonly variables = new Set<string>();
  readonly required: VariableNode[] = [];
  /** Names are visible from the tag to the end of the template, as in Liquid. */
  private readonly assigned = new Set<string>();
  private readonly loopNames: string[] = [];
  /** The number of enclosing conditions on each variable. */
  private readonly guards = new Map<string, number>();

  constructor(private readonly snippets: KnownSnippets) {}

  visitAll(nodes: readonly Node[]): void {
    for (const node of nodes) this.visit(node);
  }

  private visit(node: Node): void {
    switch (node.kind) {
      case 'output':
        return this.useExpression(node.expression, 'needed');
      case 'assign':
        this.useExpression(node.expression, node.expression.filters.length === 0 ? 'optional' : 'needed');
        return void this.assigned.add(node.name);
      case 'capture':
        this.visitAll(node.body);
        return void this.assigned.add(node.name);
      case 'if':
        return this.guarded(
          node.branches.flatMap(({ test }) => listOperands(test)),
          () => {
            for (const { test, body } of node.branches) {
              this.useExpression(test, 'optional');
              this.visitAll(body);
            }
            this.visitAll(node.otherwise);
          },
        );
      case 'case':
        this.useExpression(node.subject, 'optional');
        return this.guarded(
          [...listOperands(node.subject), ...node.branches.flatMap(({ values }) => values)],
          () => {
            for (const { values, body } of node.branches) {
              for (const value of values) this.use(value, 'optional');
              this.visitAll(body);
            }
            this.visitAll(node.otherwise);
          },
        );
      case 'for':
        for (const operand of [node.collection, node.offset, node.limit]) {
          if (operand !== null) this.use(operand, 'needed');
        }
        this.loopNames.push(node.variable, 'forloop');
        this.visitAll(node.body);
        this.loopNames.length -= 2;
        return this.visitAll(node.otherwise);
      case 'render':
        return this.visitRender(node);
      default:
        return;
    }
  }

  /** A snippet sees only its arguments, so each variable that it needs must be an argument here. */
  private visitRender({ pin, args, begin }: RenderNode): void {
    const key = snippetKey(pin);
    const known = this.snippets.get(key);
    if (known === undefined) throw new TemplateProblem(`there is no snippet "${key}"`, begin);
    const needed = new Set(known.required.map(({ name }) => name));
    for (const name of needed) {
      if (args.some((arg) => arg.name === name)) continue;
      throw new TemplateProblem(`the snippet "${key}" needs the argument "${name}"`, begin);
    }
    for (const { name, value } of args) this.use(value, needed.has(name) ? 'needed' : 'optional');
  }

  private guarded(condition: readonly OperandNode[], visit: () => void): void {
    const names = condition.flatMap((operand) => [...variablesIn(operand)]).map(({ name }) => name);
    for (const name of names) this.guards.set(name, (this.guards.get(name) ?? 0) + 1);
    visit();
    for (const name of names) this.guards.set(name, (this.guards.get(name) ?? 0) - 1);
  }

  private useExpression({ postfix, filters }: Expression, need: 'needed' | 'optional'): void {
    for (const operand of postfix) {
      if (operand.kind !== 'operator') this.use(operand, filters[0]?.name === 'default' ? 'optional' : need);
    }
    for (const filter of filters) {
      for (const arg of parseArguments(filter)) this.use(arg, filter.name === 'default' ? 'optional' : need);
    }
  }

  private use(operand: OperandNode, need: 'needed' | 'optional'): void {
    for (const variable of variablesIn(operand)) {
      if (this.assigned.has(variable.name) || this.loopNames.includes(variable.name)) continue;
      this.variables.add(variable.name);
      const written = variable.path.every(({ kind }) => kind === 'literal');
      if (need === 'needed' && written && (this.guards.get(variable.name) ?? 0) === 0)
        this.required.push(variable);
    }
  }
}

function listOperands({ postfix, filters }: Expression): OperandNode[] {
  return [...postfix.filter((node) => node.kind !== 'operator'), ...filters.flatMap(parseArguments)];
}

function parseArguments({ args, allowFalse }: FilterNode): readonly OperandNode[] {
  return allowFalse === null ? args : [...args, allowFalse];
}

function* variablesIn(operand: OperandNode): Generator<VariableNode> {
  if (operand.kind === 'range') {
    yield* variablesIn(operand.from);
    yield* variablesIn(operand.to);
  } else if (operand.kind === 'variable') {
    yield operand;
    for (const segment of operand.path) yield* variablesIn(segment);
  }
}
