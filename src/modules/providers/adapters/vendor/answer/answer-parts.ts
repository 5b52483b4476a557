import { type ReadContent } from '../../../../../answers/index.js';
import { ProviderError, type ProviderEvent } from '../../../provider.contract.js';
import { readEndReason, type EndReason, type Vocabulary } from './end-reason.js';

/** State that the readers of all vendors' answers share: what has arrived, and how it ended. */
export class AnswerParts {
  /** Whether an end mark, or a whole document, has arrived. */
  isWhole = false;
  hasText = false;
  hasRefusal = false;
  hasCalls = false;

  private ending: EndReason | null = null;
  private hasUnknown = false;

  constructor(private readonly vocabulary: Vocabulary) {}

  /** Whether the answer is complete, even if the connection breaks now. */
  get isOver(): boolean {
    return this.isWhole || this.ending !== null;
  }

  /** Records the vendor's finish reason, unless it has no meaning. */
  endWith(word: unknown): void {
    this.ending = readEndReason(word, this.vocabulary) ?? this.ending;
  }

  textEvents({ pieces, hasUnknown }: ReadContent): ProviderEvent[] {
    if (hasUnknown) this.hasUnknown = true;
    return pieces.map(({ text, isRefusal }) => {
      if (isRefusal) this.hasRefusal = true;
      else this.hasText = true;
      return { type: 'delta', text, ...(isRefusal ? { refusal: true } : {}) };
    });
  }

  /**
   * Returns how the answer ended.
   * @returns a reason of null if the vendor gave none.
   * @throws ProviderError `connection` when the answer was cut off, `provider_error` when nothing of it could be read.
   */
  finish(): { readonly finishReason: string | null; readonly isUnfinished: boolean } {
    if (!this.isOver) {
      throw new ProviderError('connection', "The provider's answer stopped before its end.");
    }
    const { finishReason, isUnfinished } = this.ending ?? { finishReason: null, isUnfinished: false };
    const isEmpty = !this.hasText && !this.hasRefusal && !this.hasCalls;
    if (isUnfinished || !isEmpty) return { finishReason, isUnfinished };
    // An answer without parts may be empty. An answer of unknown parts is lost, not empty.
    if (this.hasUnknown) throw unreadable('has a form that cannot be read');
    if (finishReason === null) throw unreadable('is empty, and says nothing of its end');
    return { finishReason, isUnfinished: !KNOWN_REASONS.has(finishReason) };
  }
}

const KNOWN_REASONS = new Set(['stop', 'length', 'content_filter', 'tool_calls']);

/** Not retried: the server would answer in the same form, and bill again. */
function unreadable(what: string): ProviderError {
  return new ProviderError('provider_error', `The provider's answer ${what}.`, { shouldRetry: false });
}
