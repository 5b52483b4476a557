import { type ReadContent } from '../../../../../answers/index.js';
import { ProviderError, type ProviderEvent } from '../../../provider.contract.js';
import { readEndReason, type EndReason, type Vocabulary } from './end-reason.js';

/** State that the readers of all vendors' answers share: whether anything has come, and how it ended. */
export class AnswerParts {
  /** A mark of the end has come, or all of a document. */
  isWhole = false;
  hasText = false;
  hasRefusal = false;
  hasCalls = false;

  private ending: EndReason | null = null;
  private hasUnknown = false;

  constructor(private readonly vocabulary: Vocabulary) {}

  /** Whether a line that breaks now takes nothing from the answer. */
  get isOver(): boolean {
    return this.isWhole || this.ending !== null;
  }

  /** The word of the vendor, as long as there has been none that says more. */
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
   * Returns the end of the answer.
   * @returns a reason of null where the vendor gave none.
   * @throws ProviderError `connection` when it did not, `provider_error` when nothing of it could be read.
   */
  finish(): { readonly finishReason: string | null; readonly isUnfinished: boolean } {
    if (!this.isOver) {
      throw new ProviderError('connection', "The provider's answer stopped before its end.");
    }
    const { finishReason, isUnfinished } = this.ending ?? { finishReason: null, isUnfinished: false };
    const isEmpty = !this.hasText && !this.hasRefusal && !this.hasCalls;
    if (isUnfinished || !isEmpty) return { finishReason, isUnfinished };
    // An answer without parts may be empty. An answer of unknown parts is lost and not empty.
    if (this.hasUnknown) throw unreadable('has a form that cannot be read');
    if (finishReason === null) throw unreadable('is empty, and says nothing of its end');
    return { finishReason, isUnfinished: !KNOWN_REASONS.has(finishReason) };
  }
}

const KNOWN_REASONS = new Set(['stop', 'length', 'content_filter', 'tool_calls']);

/** Asked again, the same server would answer in the same form, and bill it again. */
function unreadable(what: string): ProviderError {
  return new ProviderError('provider_error', `The provider's answer ${what}.`, { shouldRetry: false });
}
