import { writeJson } from '../../../kernel/index.js';
import type { ProviderToolCallDelta } from '../provider.contract.js';
import { asRecord, textOrNull } from './vendor-json.js';

/** One item of `tool_calls`, in a chunk or in a whole message. */
export interface ToolCallPiece {
  /** Null in a whole message, and in the chunks of some servers. */
  readonly position: number | null;
  readonly id: string | null;
  readonly name: string | null;
  readonly arguments: string;
}

/** @throws ProviderError `provider_error` for items that are no objects. */
export function readToolCallPieces(items: unknown): ToolCallPiece[] {
  if (!Array.isArray(items)) return [];
  return items.map((item: unknown) => {
    const { index, id, function: called } = asRecord(item);
    const { name, arguments: text } = asRecord(called ?? {});
    return {
      position: typeof index === 'number' ? index : null,
      id: textOrNull(id),
      name: textOrNull(name),
      arguments: argumentsText(text),
    };
  });
}

/** Some servers forget that it is a text. */
function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? writeJson(value) : '';
}

/** Tells which call a piece belongs to, also where the server's own counting does not. */
export class ToolCallIndexes {
  private readonly calls: { readonly position: number | null; readonly id: string | null }[] = [];

  /** Null for a piece that says nothing, such as one of only a server's own fields. */
  eventOf(piece: ToolCallPiece): ProviderToolCallDelta | null {
    const { id, name } = piece;
    const found = this.find(piece);
    if (found === -1 && id === null && name === null && piece.arguments === '') return null;
    const index = found === -1 ? this.calls.push({ position: piece.position, id }) - 1 : found;
    return {
      type: 'tool_call',
      index,
      ...(id === null ? {} : { id }),
      ...(name === null ? {} : { name }),
      arguments: piece.arguments,
    };
  }

  /** -1 for a call that begins. */
  private find({ position, id, name }: ToolCallPiece): number {
    if (position === null) {
      if (id !== null) return this.calls.findIndex((call) => call.id === id);
      return name === null ? this.calls.length - 1 : -1;
    }
    const index = this.calls.findLastIndex((call) => call.position === position);
    const known = this.calls[index]?.id ?? null;
    // Some servers give all their calls the index 0, others every piece of one call an id of its own.
    const isAnother = name !== null && id !== null && known !== null && id !== known;
    return isAnother ? -1 : index;
  }
}
