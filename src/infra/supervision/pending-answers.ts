interface Pending<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Numbered questions to another process that wait for an answer or their time limit. */
export class PendingAnswers<Answer> {
  private readonly pending = new Map<number, Pending<Answer>>();
  private lastId = 0;

  /** @param message the error's message when no answer comes in time. */
  open(timeoutMs: number, message: string): { readonly id: number; readonly result: Promise<Answer> } {
    const id = (this.lastId += 1);
    const result = new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => this.fail(id, new Error(message)), timeoutMs);
      timer.unref();
      this.pending.set(id, { resolve, reject, timer });
    });
    return { id, result };
  }

  /** Ignores an answer that comes too late. */
  settle(id: number, answer: Answer): void {
    this.take(id)?.resolve(answer);
  }

  fail(id: number, error: Error): void {
    this.take(id)?.reject(error);
  }

  failAll(error: Error): void {
    for (const id of [...this.pending.keys()]) this.fail(id, error);
  }

  private take(id: number): Pending<Answer> | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }
}
