import { type ErrorEntry, pointerSegment, ValidationError } from '../../kernel/index.js';
import {
  type ContentExtras,
  type FunctionTool,
  type JsonSchema,
  type ResponseFormat,
  TOOL_CHOICES,
  type ToolChoice,
} from './content-extras.js';
import { findUnstorable } from './json-data.js';

/** The members as they were received: unchecked JSON. */
export interface UncheckedExtras {
  readonly tools?: unknown;
  readonly tool_choice?: unknown;
  readonly parallel_tool_calls?: unknown;
  readonly response_format?: unknown;
  readonly variables_schema?: unknown;
}

type Path = readonly (string | number)[];
type Members = Readonly<Record<string, unknown>>;

/** OpenAI's rule for the names of tools and schemas; no other vendor allows more. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const MAX_TOOLS = 128;
/** The same limit as for bodies. Content from a file has not been checked against it yet. */
const MAX_DEPTH = 64;
/** Enough to fix a request in one go. */
const MAX_ERRORS = 100;

const FORMATS = ['text', 'json_object', 'json_schema'];

/**
 * Reads the members of a request or a file besides its templates. Null means the same as absent, and so does a response format of `text`.
 * Schemas are kept as received, including the text of their numbers, and are not interpreted here.
 *
 * @returns null when there are no extras.
 * @throws ValidationError `VALIDATION_FAILED` with a pointer for each fault, including unknown members.
 */
export function readContentExtras(sent: UncheckedExtras): ContentExtras | null {
  return new ExtrasReader().read(sent);
}

class ExtrasReader {
  private readonly errors: ErrorEntry[] = [];

  read(sent: UncheckedExtras): ContentExtras | null {
    const tools = this.optional(sent.tools, (value) => this.tools(value));
    const toolChoice = this.optional(sent.tool_choice, (value) => this.toolChoice(value, tools));
    const parallelToolCalls = this.optional(sent.parallel_tool_calls, (value) => {
      if (sent.tools == null) this.report(['parallel_tool_calls'], 'needs tools');
      return this.boolean(value, ['parallel_tool_calls']);
    });
    const responseFormat = this.optional(sent.response_format, (value) => this.responseFormat(value));
    const variablesSchema = this.optional(sent.variables_schema, (value) =>
      this.schema(value, ['variables_schema']),
    );
    if (this.errors.length > 0) this.refuse();
    const extras = {
      ...(tools === undefined ? {} : { tools }),
      ...(toolChoice === undefined ? {} : { toolChoice }),
      ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
      ...(responseFormat === undefined ? {} : { responseFormat }),
      ...(variablesSchema === undefined ? {} : { variablesSchema }),
    };
    return Object.keys(extras).length === 0 ? null : extras;
  }

  private tools(value: unknown): FunctionTool[] | undefined {
    if (!Array.isArray(value)) return this.report(['tools'], 'must be an array');
    if (value.length === 0 || value.length > MAX_TOOLS) {
      return this.report(['tools'], `must hold 1 to ${MAX_TOOLS} tools`);
    }
    const names = new Set<string>();
    return value.flatMap((sent: unknown, index): FunctionTool[] => {
      const tool = this.tool(sent, ['tools', index]);
      if (tool === undefined) return [];
      const { name } = tool.function;
      if (names.has(name)) {
        this.report(['tools', index, 'function', 'name'], 'is the name of another tool before it');
      }
      names.add(name);
      return [tool];
    });
  }

  private tool(value: unknown, path: Path): FunctionTool | undefined {
    const tool = this.members(value, path, ['type', 'function']);
    if (tool === undefined) return undefined;
    this.chooseKnown(tool['type'], [...path, 'type'], ['function']);
    const at = [...path, 'function'];
    const sent = this.members(tool['function'], at, ['name', 'description', 'parameters', 'strict']);
    if (sent === undefined) return undefined;
    const name = this.name(sent['name'], [...at, 'name']);
    const description = this.description(sent, at);
    const parameters = this.optional(sent['parameters'], (it) => this.schema(it, [...at, 'parameters']));
    const strict = this.strict(sent, at);
    if (name === undefined) return undefined;
    return {
      type: 'function',
      function: {
        name,
        ...(description === undefined ? {} : { description }),
        ...(parameters === undefined ? {} : { parameters }),
        ...(strict === undefined ? {} : { strict }),
      },
    };
  }

  /** @param tools undefined when there are none or when they have faults of their own. */
  private toolChoice(value: unknown, tools: readonly FunctionTool[] | undefined): ToolChoice | undefined {
    const path = ['tool_choice'];
    if (tools === undefined && this.errors.length === 0) this.report(path, 'needs tools');
    if (typeof value === 'string') return this.chooseKnown(value, path, TOOL_CHOICES);
    if (!isMembers(value)) {
      return this.report(
        path,
        `must be one of ${TOOL_CHOICES.join(', ')}, or an object that names a function`,
      );
    }
    const choice = this.members(value, path, ['type', 'function']) as Members;
    this.chooseKnown(choice['type'], [...path, 'type'], ['function']);
    const at = [...path, 'function'];
    const sent = this.members(choice['function'], at, ['name']);
    if (sent === undefined) return undefined;
    const name = this.name(sent['name'], [...at, 'name']);
    if (name === undefined) return undefined;
    // If the tools have a fault, this might only follow from it.
    if (this.errors.length === 0 && tools?.some((tool) => tool.function.name === name) !== true) {
      this.report([...at, 'name'], 'is not the name of one of the tools');
    }
    return { type: 'function', function: { name } };
  }

  private responseFormat(value: unknown): ResponseFormat | undefined {
    const path = ['response_format'];
    if (!isMembers(value)) return this.report(path, 'must be a JSON object');
    const type = this.chooseKnown(value['type'], [...path, 'type'], FORMATS);
    if (type === undefined) return undefined;
    this.members(value, path, type === 'json_schema' ? ['type', 'json_schema'] : ['type']);
    if (type === 'text') return undefined;
    if (type === 'json_object') return { type };
    const at = [...path, 'json_schema'];
    const sent = this.members(value['json_schema'], at, ['name', 'description', 'schema', 'strict']);
    if (sent === undefined) return undefined;
    const name = this.name(sent['name'], [...at, 'name']);
    const description = this.description(sent, at);
    const schema = this.schema(sent['schema'], [...at, 'schema']);
    const strict = this.strict(sent, at);
    if (name === undefined || schema === undefined) return undefined;
    return {
      type: 'json_schema',
      json_schema: {
        name,
        ...(description === undefined ? {} : { description }),
        schema,
        ...(strict === undefined ? {} : { strict }),
      },
    };
  }

  /** Reads an object and reports unknown members. */
  private members(value: unknown, path: Path, known: readonly string[]): Members | undefined {
    if (value === undefined) return this.report(path, 'is required');
    if (!isMembers(value)) return this.report(path, 'must be a JSON object');
    for (const member of Object.keys(value)) {
      if (!known.includes(member)) this.report([...path, member], 'is not a known field');
    }
    return value;
  }

  private name(value: unknown, path: Path): string | undefined {
    if (value === undefined) return this.report(path, 'is required');
    if (typeof value === 'string' && NAME.test(value)) return value;
    return this.report(path, 'must be 1 to 64 letters, digits, "_" and "-"');
  }

  private chooseKnown<Known extends string>(
    value: unknown,
    path: Path,
    known: readonly Known[],
  ): Known | undefined {
    if (value === undefined) return this.report(path, 'is required');
    const found = known.find((each) => each === value);
    return found ?? this.report(path, `must be ${known.length > 1 ? 'one of ' : ''}${known.join(', ')}`);
  }

  private description(sent: Members, path: Path): string | undefined {
    return this.optional(sent['description'], (value) => {
      const at = [...path, 'description'];
      if (typeof value !== 'string') return this.report(at, 'must be a string');
      this.checkText(value, at);
      return value;
    });
  }

  private strict(sent: Members, path: Path): boolean | undefined {
    return this.optional(sent['strict'], (value) => this.boolean(value, [...path, 'strict']));
  }

  private boolean(value: unknown, path: Path): boolean | undefined {
    return typeof value === 'boolean' ? value : this.report(path, 'must be a boolean value');
  }

  private schema(value: unknown, path: Path): JsonSchema | undefined {
    if (value === undefined) return this.report(path, 'is required');
    if (!isMembers(value)) return this.report(path, 'must be a JSON object');
    this.checkJson(value, [...path]);
    return value;
  }

  /**
   * Refuses values that are not plain JSON or would not survive a round trip.
   * @param path the path of this value, updated in place: a new list for each of a hundred thousand values would dominate the cost.
   */
  private checkJson(value: unknown, path: (string | number)[]): void {
    if (typeof value === 'string') return this.checkText(value, path);
    // JSON.parse turns 1e400 into infinity, and so would a provider that reads doubles.
    if (typeof value === 'number' && !Number.isFinite(value)) this.report(path, 'is not a finite number');
    if (typeof value !== 'object' || value === null) return;
    if (path.length >= MAX_DEPTH) return this.report(path, `is nested deeper than ${MAX_DEPTH} levels`);
    if (Array.isArray(value)) value.forEach((item: unknown, index) => this.checkChild(index, item, path));
    else for (const [key, item] of Object.entries(value)) this.checkMember(key, item, path);
  }

  private checkMember(key: string, value: unknown, path: (string | number)[]): void {
    this.checkText(key, path);
    // The rule for bodies, which files have not passed through. It protects every later reader.
    if (key === '__proto__') this.report([...path, key], 'is a key that is not allowed');
    this.checkChild(key, value, path);
  }

  private checkChild(step: string | number, value: unknown, path: (string | number)[]): void {
    path.push(step);
    this.checkJson(value, path);
    path.pop();
  }

  private checkText(text: string, path: Path): void {
    if (findUnstorable(text) !== -1) this.report(path, 'holds NUL or a lone surrogate');
  }

  private optional<Value>(value: unknown, read: (value: unknown) => Value | undefined): Value | undefined {
    return value === undefined || value === null ? undefined : read(value);
  }

  private report(path: Path, message: string): undefined {
    // A key may be as long as the body; jsonPointer would repeat all of it.
    this.errors.push({ pointer: path.map((step) => `/${pointerSegment(step)}`).join(''), message });
    if (this.errors.length >= MAX_ERRORS) this.refuse();
  }

  private refuse(): never {
    throw new ValidationError('Correct the parts of the body that "errors" lists.', this.errors);
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
