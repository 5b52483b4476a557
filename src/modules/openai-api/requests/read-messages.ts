import type { SentMessage } from '../../../entities/index.js';
import { type ErrorEntry, pointerSegment, ValidationError } from '../../../kernel/index.js';
import { fillArguments } from './fill-arguments.js';
import { MAX_MESSAGES, MAX_PARTS, MAX_TOOL_CALLS } from './message-limits.js';

type Members = Readonly<Record<string, unknown>>;
type ToolCalls = NonNullable<SentMessage['tool_calls']>;

const COMMON = ['role', 'content', 'name'];
/** The members that each role's messages may have. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  system: COMMON,
  developer: COMMON,
  user: COMMON,
  assistant: [
    ...COMMON,
    ...['refusal', 'tool_calls', 'audio', 'function_call', 'parsed'],
    ...['reasoning_content', 'reasoning', 'reasoning_details', 'annotations'],
  ],
  tool: [...COMMON, 'tool_call_id'],
};
const ROLES = Object.keys(MEMBERS);

/** Enough to fix a request in one pass. */
const MAX_ERRORS = 100;

/**
 * Reads `messages` of a chat completion: texts, tool calls and their results. A model's message may be sent back unchanged:
 * empty members and those that the official client adds are ignored, and those that only some providers support are kept.
 *
 * @throws ValidationError `VALIDATION_FAILED` with a pointer for each fault.
 */
export function readMessages(sent: unknown): SentMessage[] {
  return new MessagesReader().read(sent);
}

class MessagesReader {
  private readonly errors: ErrorEntry[] = [];

  read(sent: unknown): SentMessage[] {
    if (sent === undefined || sent === null) this.report('/messages', 'is required');
    else if (!Array.isArray(sent)) this.report('/messages', 'must be an array');
    else if (sent.length === 0) this.report('/messages', 'must hold at least one message');
    const messages = this.isWithin(sent, MAX_MESSAGES, '/messages')
      ? sent.map((message: unknown, index) => this.message(message, `/messages/${index}`))
      : [];
    if (this.errors.length > 0) this.refuse();
    return messages as SentMessage[];
  }

  private message(value: unknown, at: string): SentMessage | undefined {
    if (!isMembers(value)) return this.report(at, 'must be a JSON object');
    const { role } = value;
    if (role === undefined) return this.report(`${at}/role`, 'is required');
    const known = typeof role === 'string' && Object.hasOwn(MEMBERS, role) ? MEMBERS[role] : undefined;
    if (known === undefined) return this.report(`${at}/role`, `must be one of ${ROLES.join(', ')}`);
    this.refuseUnknown(value, known, at);
    const name = this.optionalText(value['name'], `${at}/name`);
    const named = name === null ? {} : { name };
    if (role === 'assistant') return { ...this.assistant(value, at), ...named };
    if (role === 'tool') return { ...this.toolResult(value, at), ...named };
    const content = this.content(value['content'], `${at}/content`, ['text']);
    return { role: role === 'user' ? 'user' : 'system', content: content ?? '', ...named };
  }

  private assistant(value: Members, at: string): SentMessage {
    const toolCalls = this.toolCalls(value['tool_calls'], `${at}/tool_calls`);
    const refusal = this.optionalText(value['refusal'], `${at}/refusal`);
    for (const member of ['audio', 'function_call']) {
      if ((value[member] ?? null) !== null) this.report(`${at}/${member}`, 'is not supported');
    }
    const thoughts = this.thoughts(value, at);
    const mayBeAbsent = toolCalls.length > 0 || refusal !== null || Object.keys(thoughts).length > 0;
    const content =
      (value['content'] ?? null) === null && mayBeAbsent
        ? ''
        : this.content(value['content'], `${at}/content`, ['text', 'refusal']);
    return {
      role: 'assistant',
      // A refusal becomes part of the text, because other vendors have no field for it.
      content: (content ?? '') + (refusal ?? ''),
      ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
      ...thoughts,
    };
  }

  /** Reads a provider's reasoning, which may come with its answer. */
  private thoughts(value: Members, at: string): Partial<SentMessage> {
    const thought = this.optionalText(value['reasoning_content'], `${at}/reasoning_content`);
    const reasoning = this.optionalText(value['reasoning'], `${at}/reasoning`);
    const details = this.optionalList(value['reasoning_details'], `${at}/reasoning_details`);
    const annotations = this.optionalList(value['annotations'], `${at}/annotations`);
    return {
      ...(thought === null ? {} : { reasoning_content: thought }),
      ...(reasoning === null ? {} : { reasoning }),
      ...(details === null ? {} : { reasoning_details: details }),
      ...(annotations === null ? {} : { annotations }),
    };
  }

  private toolResult(value: Members, at: string): SentMessage {
    const content = this.content(value['content'], `${at}/content`, ['text']);
    const id = this.text(value['tool_call_id'], `${at}/tool_call_id`);
    return { role: 'tool', content: content ?? '', tool_call_id: id ?? '' };
  }

  /** Reads a text, or its parts, which are joined in order. */
  private content(value: unknown, at: string, types: readonly string[]): string | undefined {
    if (typeof value === 'string') return value;
    if (value === undefined || value === null) return this.report(at, 'is required');
    if (!Array.isArray(value)) return this.report(at, 'must be a string or an array of parts');
    if (value.length === 0) return this.report(at, 'must hold at least one part');
    if (!this.isWithin(value, MAX_PARTS, at)) return undefined;
    return value.map((part: unknown, index) => this.part(part, `${at}/${index}`, types) ?? '').join('');
  }

  private part(value: unknown, at: string, types: readonly string[]): string | undefined {
    if (!isMembers(value)) return this.report(at, 'must be a JSON object');
    const { type } = value;
    if (type === undefined) return this.report(`${at}/type`, 'is required');
    if (typeof type !== 'string' || !types.includes(type)) {
      return this.report(`${at}/type`, `must be ${types.join(' or ')}: nothing but text is passed on`);
    }
    this.refuseUnknown(value, ['type', type], at);
    return this.text(value[type], `${at}/${type}`);
  }

  private toolCalls(value: unknown, at: string): ToolCalls {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return this.report(at, 'must be an array') ?? [];
    if (!this.isWithin(value, MAX_TOOL_CALLS, at)) return [];
    return value.map((call: unknown, index) => this.toolCall(call, `${at}/${index}`)) as ToolCalls[number][];
  }

  private toolCall(value: unknown, at: string): ToolCalls[number] | undefined {
    if (!isMembers(value)) return this.report(at, 'must be a JSON object');
    this.refuseUnknown(value, ['id', 'type', 'function', 'index'], at);
    if (value['type'] !== 'function') return this.report(`${at}/type`, 'must be function');
    const called = value['function'];
    if (!isMembers(called)) return this.report(`${at}/function`, 'must be a JSON object');
    this.refuseUnknown(called, ['name', 'arguments', 'parsed_arguments'], `${at}/function`);
    const id = this.text(value['id'], `${at}/id`);
    const name = this.text(called['name'], `${at}/function/name`);
    // Providers parse the arguments, and an empty text is not JSON.
    const text = this.optionalText(called['arguments'], `${at}/function/arguments`) ?? '';
    return { id: id ?? '', name: name ?? '', arguments: fillArguments(text) };
  }

  private isWithin(value: unknown, most: number, at: string): value is readonly unknown[] {
    if (!Array.isArray(value)) return false;
    if (value.length > most) this.report(at, `must contain no more than ${most} elements`);
    return value.length <= most;
  }

  private text(value: unknown, at: string): string | undefined {
    if (value === undefined || value === null) return this.report(at, 'is required');
    return typeof value === 'string' ? value : this.report(at, 'must be a string');
  }

  private optionalText(value: unknown, at: string): string | null {
    return value === undefined || value === null ? null : (this.text(value, at) ?? null);
  }

  /** Returns null for an empty list as well. */
  private optionalList(value: unknown, at: string): readonly unknown[] | null {
    if (value === undefined || value === null) return null;
    if (!Array.isArray(value)) return this.report(at, 'must be an array') ?? null;
    return value.length === 0 ? null : value;
  }

  private refuseUnknown(value: Members, known: readonly string[], at: string): void {
    for (const member of Object.keys(value)) {
      if (!known.includes(member)) this.report(`${at}/${pointerSegment(member)}`, 'is not a known field');
    }
  }

  private report(pointer: string, message: string): undefined {
    this.errors.push({ pointer, message });
    if (this.errors.length >= MAX_ERRORS) this.refuse();
  }

  private refuse(): never {
    throw new ValidationError('Correct the parts of the body that "errors" lists.', this.errors);
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
