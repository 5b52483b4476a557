/** One fault in the input. */
export interface ProblemEntry {
  /** JSON pointer (RFC 6901) into the body or to a parameter. */
  readonly pointer: string;
  /** The fault in one sentence. */
  readonly message: string;
}

/** `application/problem+json` (RFC 9457); docs/errors.md of the server explains each code. */
export interface Problem {
  /** The page that explains the code. */
  readonly type: string;
  /** The kind of problem, the same for every occurrence. */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  /** One sentence that says what to do. */
  readonly detail: string;
  /** The path of the request. */
  readonly instance: string;
  /** The stable name of the problem. */
  readonly code: string;
  /** Each fault, for invalid input. */
  readonly errors?: readonly ProblemEntry[];
  /** Further members of some codes, such as `execution_id`. */
  readonly [extension: string]: unknown;
}
