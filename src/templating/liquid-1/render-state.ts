import { ExactNumber, isPlainNumber, JsonSource, keptText } from '../../kernel/index.js';
import { RenderedPromptTooLargeError } from '../errors.js';
import { jsonPointer } from '../content/json-pointer.js';
import { isList, toJsonData } from '../content/json-data.js';
import type { JsonData } from '../content/json-data.js';
import type { Budget } from './budget.js';
import { LIMITS } from './limits.js';
import type { Node } from './nodes.js';
import { TemplateProblem } from './parsing/template-problem.js';

/** Represents a variable that the caller did not send: its path, and where the template asks for it. */
export class Absent {
  constructor(
    readonly path: readonly string[],
    readonly begin: number,
  ) {}
}

/** Each object among the variables is added to a map. */
const STEPS_PER_PLACE = 6;

interface LoopFrame {
  readonly variable: string;
  item: JsonData;
  forloop: JsonData;
}

/** The place of an object: a key of its parent, which is null for a variable itself. */
interface Place {
  readonly parent: object | null;
  readonly key: string | number;
}

/** The names that a template sees. */
interface Scope {
  readonly locals: Map<string, JsonData | Absent>;
  readonly loops: LoopFrame[];
  readonly isSnippet: boolean;
}

/** The nodes of snippets, by their key. */
export type SnippetNodes = ReadonlyMap<string, readonly Node[]>;

const NO_SNIPPETS: SnippetNodes = new Map();

interface MissingVariable {
  readonly path: readonly string[];
  readonly part: number;
  readonly begin: number;
}

/** The state of one render of a prompt: the caller's variables, local ones, the budget, and what is missing. */
export class RenderState implements Budget {
  /** Offset of the current tag, for errors. */
  at = 0;
  /** Index of the current template, because a chat prompt has several. */
  part = -1;
  private steps = 0;
  private turnEnd: number = LIMITS.stepsPerTurn;
  private writtenChars = 0;
  /** The current output text, below it those of the enclosing captures. */
  private sinks: string[] = [''];
  private locals = new Map<string, JsonData | Absent>();
  private loops: LoopFrame[] = [];
  private isSnippet = false;
  private sentSource: JsonSource | null = null;
  private readonly sent = new Map<string, JsonData | undefined>();
  private readonly missing = new Map<string, MissingVariable>();
  private readonly places = new Map<object, Place>();
  private notIndexed: string[] = [];

  constructor(
    private readonly variables: Readonly<Record<string, unknown>>,
    private readonly maxRenderedBytes: number,
    readonly snippets = NO_SNIPPETS,
  ) {}

  /** Local variables end with their template: a message does not see those of an earlier message. */
  beginPart(): void {
    this.part += 1;
    this.at = 0;
    this.sinks = [''];
    this.locals = new Map();
    this.loops = [];
    this.isSnippet = false;
  }

  /** Makes only the arguments visible. @returns the previous scope, for {@link leaveSnippet}. */
  enterSnippet(args: Map<string, JsonData | Absent>): Scope {
    const { locals, loops, isSnippet } = this;
    this.locals = args;
    this.loops = [];
    this.isSnippet = true;
    return { locals, loops, isSnippet };
  }

  leaveSnippet({ locals, loops, isSnippet }: Scope): void {
    this.locals = locals;
    this.loops = loops;
    this.isSnippet = isSnippet;
  }

  /** @throws TemplateProblem when the budget is used up. */
  spend(steps: number): void {
    this.steps += steps;
    if (this.steps > LIMITS.steps) {
      throw new TemplateProblem(`rendering takes more than ${LIMITS.steps} steps`, this.at);
    }
  }

  spendText(chars: number): void {
    this.spend(1 + Math.floor(chars / LIMITS.charsPerStep));
  }

  spendChars(chars: number): void {
    this.spend(1 + Math.floor(chars / LIMITS.slowCharsPerStep));
  }

  /** True once after each `LIMITS.stepsPerTurn` steps. */
  get isTurnOver(): boolean {
    if (this.steps < this.turnEnd) return false;
    this.turnEnd = this.steps + LIMITS.stepsPerTurn;
    return true;
  }

  /** @throws RenderedPromptTooLargeError as soon as the text is certainly too long. */
  write(text: string): void {
    this.spendText(text.length);
    this.sinks[this.sinks.length - 1] += text;
    if (this.sinks.length > 1) return;
    this.writtenChars += text.length;
    if (this.writtenChars > this.maxRenderedBytes)
      throw new RenderedPromptTooLargeError(this.maxRenderedBytes);
  }

  /** Starts over with the first template, to look for missing variables with a fresh budget. */
  beginSurvey(): void {
    this.part = -1;
    this.steps = 0;
    this.turnEnd = LIMITS.stepsPerTurn;
  }

  /** Redirects output into a new sink until {@link endCapture}. */
  beginCapture(): void {
    this.sinks.push('');
  }

  /** Returns the text written since {@link beginCapture}. */
  endCapture(): string {
    return this.sinks.pop() ?? '';
  }

  get text(): string {
    return this.sinks[0] ?? '';
  }

  assign(name: string, value: JsonData | Absent): void {
    this.locals.set(name, value);
  }

  /** Returns the binding of a name, innermost first; `undefined` when there is none. */
  find(name: string): JsonData | Absent | undefined {
    for (let index = this.loops.length - 1; index >= 0; index -= 1) {
      const frame = this.loops[index];
      if (frame?.variable === name) return frame.item;
      if (name === 'forloop') return frame?.forloop;
    }
    const local = this.locals.get(name);
    if (local !== undefined) return local;
    // An argument that a snippet needs is present; an optional one is null.
    return this.isSnippet ? null : this.findSent(name);
  }

  /** Copies only variables that a template asks for, so extra variables cost nothing. */
  private findSent(name: string): JsonData | undefined {
    if (this.sent.has(name)) return this.sent.get(name);
    const value = Object.hasOwn(this.variables, name) ? this.copySent(name) : undefined;
    this.sent.set(name, value);
    this.notIndexed.push(name);
    return value;
  }

  private copySent(name: string): JsonData | undefined {
    const value = this.variables[name];
    // A number does not keep its text, but the object around it does.
    if (typeof value === 'number') {
      const kept = keptText(this.variables);
      if (kept !== null) this.sentSource ??= new JsonSource(kept);
      const text = this.sentSource?.find([name]) ?? null;
      if (text !== null && !isPlainNumber(text, 0, text.length)) return new ExactNumber(text);
    }
    return toJsonData(value, ['variables', name], this);
  }

  enterLoop(variable: string): LoopFrame {
    const frame: LoopFrame = { variable, item: null, forloop: null };
    this.loops.push(frame);
    return frame;
  }

  leaveLoop(): void {
    this.loops.pop();
  }

  /** Notes a variable that the template needs. The render continues with null, so that all missing variables are found. */
  note({ path, begin }: Absent): null {
    const pointer = jsonPointer(path);
    const known = this.missing.get(pointer);
    const isFirst = known === undefined || (known.part === this.part && begin < known.begin);
    if (isFirst && (known !== undefined || this.missing.size < LIMITS.missing)) {
      this.missing.set(pointer, { path, part: this.part, begin });
    }
    return null;
  }

  get isMissingAny(): boolean {
    return this.missing.size > 0;
  }

  /** The paths of missing variables, in order of appearance. */
  get missingPaths(): (readonly string[])[] {
    const byAppearance = [...this.missing.values()].sort((a, b) => a.part - b.part || a.begin - b.begin);
    return byAppearance.map(({ path }) => path);
  }

  /**
   * Returns the place of an object among the caller's variables, whatever loops, assigns and filters it went through. Each object is a copy
   * made for this render, so it has one place. `null` for objects that the template made itself.
   */
  getPath(value: object): readonly string[] | null {
    for (const name of this.notIndexed) this.index(this.sent.get(name) ?? null, null, name);
    this.notIndexed = [];
    const path: string[] = [];
    let place = this.places.get(value);
    if (place === undefined) return null;
    for (; place !== undefined; place = place.parent === null ? undefined : this.places.get(place.parent)) {
      path.unshift(String(place.key));
    }
    return path;
  }

  private index(value: JsonData, parent: object | null, key: string | number): void {
    if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return;
    this.spend(STEPS_PER_PLACE);
    this.places.set(value, { parent, key });
    if (isList(value)) {
      for (let index = 0; index < value.length; index += 1) this.index(value[index] ?? null, value, index);
    } else {
      for (const name of Object.keys(value)) this.index(value[name] ?? null, value, name);
    }
  }
}
