/** An answer with all that came with it. */
export interface Answer<T> {
  readonly data: T;
  /** Status and headers; its body has been read and is `body`. */
  readonly response: Response;
  readonly body: string;
}

/** The promise of the data of an answer; `withResponse()` gives the raw answer as well. */
export class ApiPromise<T> extends Promise<T> {
  /** `then` gives plain promises: what it computes came with no answer. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  private readonly answer: Promise<Answer<T>>;

  constructor(answer: Promise<Answer<T>>) {
    super((resolve, reject) => {
      answer.then(({ data }) => resolve(data), reject);
    });
    this.answer = answer;
  }

  /** For work that has to wait before it can send, such as hashing. */
  static of<T>(work: () => Promise<Answer<T>>): ApiPromise<T> {
    return new ApiPromise(work());
  }

  withResponse(): Promise<Answer<T>> {
    // The returned promise reports its failure.
    this.catch(() => {});
    return this.answer;
  }
}
