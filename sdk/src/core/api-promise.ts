/** The data of an answer with the raw response. */
export interface Answer<T> {
  readonly data: T;
  /** Status and headers. Its body has been read and is in `body`. */
  readonly response: Response;
  readonly body: string;
}

/** A promise of the data of an answer; `withResponse()` also gives the raw answer. */
export class ApiPromise<T> extends Promise<T> {
  /** Makes `then` return plain promises, because a value that it computes has no answer. */
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

  /** Wraps work that has to wait before it can send, such as hashing. */
  static of<T>(work: () => Promise<Answer<T>>): ApiPromise<T> {
    return new ApiPromise(work());
  }

  withResponse(): Promise<Answer<T>> {
    // The returned promise reports the failure.
    this.catch(() => {});
    return this.answer;
  }
}
