import type { Tap, TappedConnection } from './fault-proxy.js';
import { readBind, readText, WireReader, type WireMessage } from './postgres-wire.js';

/**
 * The fate of a commit. With `lose-answer` the server commits, but the client never learns of it. With `lose-commit`
 * the connection breaks before the commit arrives, and the server rolls back. The client cannot distinguish the two.
 */
export type CommitFate = 'pass' | 'lose-answer' | 'lose-commit';

export interface CutCommit {
  readonly fate: Exclude<CommitFate, 'pass'>;
  /** The statements of the transaction. */
  readonly statements: readonly string[];
  /** True when the server reported that it committed. */
  readonly isCommitted: boolean;
}

/** Matches transactions that write, because only those are worth losing. */
const WRITES =
  /\b(?:INSERT|UPDATE|DELETE)\b|\bledger_(?!find|applied|partition|count_queued|read_figures|budget_period)\w+\(/i;
/** The arguments with which a new connection calls the functions to plan them: no entries, or no slots. */
const NOTHING_TO_DO = new Set(['[]', '0']);
/** The letter and the length. */
const HEAD_BYTES = 5;
const NO_BYTES = Buffer.alloc(0);

/**
 * Cuts connections exactly at a COMMIT. `decide` gets the statements of each writing transaction
 * when its commit arrives here. `onCut` is called when the connection is broken.
 */
export class CommitCutter implements Tap {
  private readonly frontend = new WireReader(true);
  private readonly backend = new WireReader(false);
  private readonly prepared = new Map<string, string>();
  private statements: string[] = [];
  private isInBlock = false;
  private endsBlock = false;
  private isCut = false;
  /** The number of pending "ready for query" messages. The first one ends the start of the session. */
  private owedAnswers = 1;
  private awaited: AwaitedCommit | null = null;

  constructor(
    private readonly connection: TappedConnection,
    private readonly decide: (statements: readonly string[]) => CommitFate,
    private readonly onCut: (cut: CutCommit) => void,
  ) {}

  fromClient(chunk: Buffer): Buffer {
    const passed: Buffer[] = [];
    // Everything after a commit whose answer will be lost is lost as well.
    for (const message of this.isCut || this.awaited !== null ? [] : this.frontend.read(chunk)) {
      const isCommit = this.follow(message);
      const fate = isCommit ? this.fateOf(this.statements) : 'pass';
      if (fate === 'lose-commit') {
        this.cut({ fate, statements: this.statements, isCommitted: false });
        break;
      }
      passed.push(message.bytes);
      if (message.type === 'Q' || message.type === 'S') this.owedAnswers += 1;
      if (fate === 'lose-answer') {
        const { statements, isInBlock } = this;
        this.awaited = { statements, isInBlock, isCommitted: !isInBlock };
        break;
      }
      if (isCommit) this.forget();
    }
    return passed.length === 1 ? (passed[0] as Buffer) : Buffer.concat(passed);
  }

  fromServer(chunk: Buffer): Buffer {
    for (const { type, bytes } of this.isCut ? [] : this.backend.read(chunk)) {
      if (type === 'Z') this.owedAnswers -= 1;
      if (this.awaited === null) continue;
      // A failed statement turns a COMMIT into a ROLLBACK. Outside a block, the failure itself says so.
      if (type === 'C' && readText(bytes, HEAD_BYTES).text === 'COMMIT') this.awaited.isCommitted = true;
      if (type === 'E' && !this.awaited.isInBlock) this.awaited.isCommitted = false;
      if (this.owedAnswers > 0) continue;
      const { statements, isCommitted } = this.awaited;
      this.cut({ fate: 'lose-answer', statements, isCommitted });
    }
    return this.isCut || this.awaited !== null ? NO_BYTES : chunk;
  }

  private fateOf(statements: readonly string[]): CommitFate {
    return statements.some((text) => WRITES.test(text)) ? this.decide(statements) : 'pass';
  }

  private cut(cut: CutCommit): void {
    this.isCut = true;
    this.onCut(cut);
    this.connection.cut();
  }

  private forget(): void {
    this.statements = [];
    this.isInBlock = false;
    this.endsBlock = false;
  }

  /** @returns true when this message commits: a COMMIT, or the end of a round trip outside a transaction block. */
  private follow({ type, bytes }: WireMessage): boolean {
    switch (type) {
      case 'Q':
        this.followText(readText(bytes, HEAD_BYTES).text);
        return this.isCommitPoint();
      case 'P': {
        const name = readText(bytes, HEAD_BYTES);
        this.prepared.set(name.text, readText(bytes, name.next).text);
        return false;
      }
      case 'B': {
        const { statement, firstValue } = readBind(bytes, HEAD_BYTES);
        const text = this.prepared.get(statement) ?? '';
        if (!isRehearsal(text, firstValue)) this.followText(text);
        return false;
      }
      case 'S':
        return this.isCommitPoint();
      default:
        return false;
    }
  }

  private followText(text: string): void {
    if (/^\s*(?:BEGIN|START TRANSACTION)\b/i.test(text)) {
      this.forget();
      this.isInBlock = true;
    } else if (/^\s*ROLLBACK\s*;?\s*$/i.test(text)) {
      this.forget();
    } else if (/^\s*COMMIT\b/i.test(text)) {
      this.endsBlock = true;
    } else {
      this.statements.push(text);
    }
  }

  private isCommitPoint(): boolean {
    return this.isInBlock ? this.endsBlock : this.statements.length > 0;
  }
}

/** A rehearsal changes nothing, so there is nothing to lose. */
function isRehearsal(text: string, firstValue: string | null): boolean {
  return /\bledger_\w+\(\$1/.test(text) && firstValue !== null && NOTHING_TO_DO.has(firstValue);
}

interface AwaitedCommit {
  readonly statements: readonly string[];
  readonly isInBlock: boolean;
  isCommitted: boolean;
}
