import { writeJson } from '../../../../kernel/index.js';
import type { ProviderToolCallDelta } from '../../provider.contract.js';
import { recordOrEmpty, recordsIn } from '../vendor/answer/event-data.js';
import { textOrNull, type Json } from '../vendor/answer/vendor-json.js';

/** One item of `tool_calls`, in a chunk or in a whole message. */
export interface ToolCallPiece {
  /** Null in a whole message, and in the chunks of some servers. */
  readonly position: number | null;
  readonly id: string | null;
  readonly name: string | null;
  readonly arguments: string;
}

/** Skips anything that is not an object. A single object counts as a list of one. */
export function readToolCallPieces(items: unknown): ToolCallPiece[] {
  return items === null || items === undefined ? [] : recordsIn(items).map(toPiece);
}

function toPiece(item: Json): ToolCallPiece {
  // Some servers omit `function` and put its members beside the id.
  const called = recordOrEmpty(item['function'] ?? item);
  return {
    position: toPosition(item['index'] ?? called['index']),
    id: textOrNull(item['id']) ?? textOrNull(called['id']),
    name: textOrNull(called['name']),
    arguments: argumentsText(called['arguments'] ?? called['parameters'] ?? called['input']),
  };
}

function toPosition(index: unknown): number | null {
  const position = typeof index === 'string' && /^\d+$/.test(index) ? Number(index) : index;
  return typeof position === 'number' && Number.isInteger(position) && position >= 0 ? position : null;
}

/** Some servers send an object instead of a string. */
function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : writeJson(value);
}

interface OpenCall {
  readonly index: number;
  readonly id: string | null;
  name: string | null;
  arguments: string;
}

/**
 * Tells which call a piece belongs to, even if the server's own numbering does not: calls without ids, all under one index or none, an id
 * or the name with every piece.
 */
export class ToolCallIndexes {
  /** The latest call of each position and id. Maps, because a hostile server can send very many. */
  private readonly byPosition = new Map<number, OpenCall>();
  private readonly byId = new Map<string, OpenCall>();
  private last: OpenCall | null = null;
  private count = 0;

  /** Turns the pieces of one message or chunk into events. An empty piece produces none. */
  toEvents(pieces: readonly ToolCallPiece[]): ProviderToolCallDelta[] {
    // A second named item for the same index in one message or chunk is a second call.
    const touched = new Set<OpenCall>();
    return pieces.flatMap((piece) => this.toEvent(piece, touched) ?? []);
  }

  private toEvent(piece: ToolCallPiece, touched: Set<OpenCall>): ProviderToolCallDelta | null {
    const { id, name } = piece;
    const found = this.find(piece, touched);
    if (found === null && id === null && name === null && piece.arguments === '') return null;
    const call = found ?? this.open(piece);
    touched.add(call);
    call.name ??= name;
    call.arguments += piece.arguments;
    return {
      type: 'tool_call',
      index: call.index,
      ...(id === null ? {} : { id }),
      ...(name === null ? {} : { name }),
      arguments: piece.arguments,
    };
  }

  private open({ position, id }: ToolCallPiece): OpenCall {
    const call = { index: this.count, id, name: null, arguments: '' };
    this.count += 1;
    this.last = call;
    if (position !== null) this.byPosition.set(position, call);
    if (id !== null) this.byId.set(id, call);
    return call;
  }

  /** Returns null for a piece that starts a new call. */
  private find(piece: ToolCallPiece, touched: ReadonlySet<OpenCall>): OpenCall | null {
    const call = this.candidate(piece);
    if (call === null) return null;
    const { id, name } = piece;
    // Only the first piece of a call has a name, except from servers that repeat it with every piece.
    if (name === null || call.name === null) return call;
    if (touched.has(call) || name !== call.name) return null;
    if (id !== null && call.id !== null && id !== call.id) return null;
    return isWholeJson(call.arguments) ? null : call;
  }

  /** Returns the call that a piece would continue if it starts none. */
  private candidate({ position, id, name }: ToolCallPiece): OpenCall | null {
    const sameId = id === null ? null : (this.byId.get(id) ?? null);
    if (position !== null) {
      const samePosition = this.byPosition.get(position);
      if (samePosition !== undefined) return samePosition;
      // Some servers count the pieces instead of the calls.
      return name === null ? (sameId ?? (id === null ? this.last : null)) : null;
    }
    // Some servers give every piece its own id.
    return sameId ?? (id === null || name === null ? this.last : null);
  }
}

function isWholeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
