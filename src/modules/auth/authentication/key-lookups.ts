import { Injectable } from '@nestjs/common';
import { Clock } from '../../../kernel/index.js';
import { type KeyRecord, KeysRepository } from './keys.repository.js';

/** How long a key counts as unknown. A key created by another process is known here no later than that. */
const UNKNOWN_TTL_MS = 4000;
/** Bounds memory to about a megabyte of ids. */
const MAX_UNKNOWN = 10_000;
const MAX_BATCH = 200;

interface Asked {
  readonly keyId: string;
  readonly answer: Promise<KeyRecord | null>;
  readonly settle: (record: KeyRecord | null) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Looks up keys so that a flood of unknown keys does no harm. All keys requested during one look-up share the next one, so they take one
 * connection, whatever their number. An unknown id is remembered for a moment.
 */
@Injectable()
export class KeyLookups {
  private readonly waiting = new Map<string, Asked>();
  private isLookingUp = false;
  /** When each id was found missing, oldest first. */
  private readonly unknown = new Map<string, number>();

  constructor(
    private readonly keys: KeysRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns null for a key that does not exist, or did not a moment ago. */
  find(keyId: string): Promise<KeyRecord | null> {
    if (this.isUnknown(keyId)) return Promise.resolve(null);
    const same = this.waiting.get(keyId);
    if (same !== undefined) return same.answer;
    const asked = ask(keyId);
    this.waiting.set(keyId, asked);
    if (!this.isLookingUp) void this.lookUpAll();
    return asked.answer;
  }

  /** Forgets that a key was unknown, once it is created. */
  forget(keyId: string): void {
    this.unknown.delete(keyId);
  }

  /** Forgets all unknown keys, for keys that become valid again, such as those of a restored project. */
  forgetUnknown(): void {
    this.unknown.clear();
  }

  private isUnknown(keyId: string): boolean {
    const missedAtMs = this.unknown.get(keyId);
    if (missedAtMs === undefined) return false;
    if (this.clock.monotonicMs() - missedAtMs < UNKNOWN_TTL_MS) return true;
    this.unknown.delete(keyId);
    return false;
  }

  private async lookUpAll(): Promise<void> {
    this.isLookingUp = true;
    while (this.waiting.size > 0) {
      const batch = [...this.waiting.values()].slice(0, MAX_BATCH);
      for (const { keyId } of batch) this.waiting.delete(keyId);
      await this.lookUp(batch);
    }
    this.isLookingUp = false;
  }

  private async lookUp(batch: readonly Asked[]): Promise<void> {
    // The age counts from before the look-up, so that a slow one does not stretch it.
    const askedAtMs = this.clock.monotonicMs();
    try {
      const found = await this.keys.findForAuthentication(batch.map(({ keyId }) => keyId));
      const records = new Map(found.map((record) => [record.keyId, record]));
      for (const { keyId, settle } of batch) {
        const record = records.get(keyId) ?? null;
        if (record === null) this.rememberUnknown(keyId, askedAtMs);
        settle(record);
      }
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
  }

  private rememberUnknown(keyId: string, atMs: number): void {
    this.unknown.delete(keyId);
    this.unknown.set(keyId, atMs);
    const oldest = this.unknown.keys().next();
    if (this.unknown.size > MAX_UNKNOWN && oldest.done !== true) this.unknown.delete(oldest.value);
  }
}

function ask(keyId: string): Asked {
  let settle: Asked['settle'] = () => undefined;
  let fail: Asked['fail'] = () => undefined;
  const answer = new Promise<KeyRecord | null>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  return { keyId, answer, settle, fail };
}
