/** One fault in the input. `pointer` is an RFC 6901 JSON pointer into the body (`""` is the whole body). */
export interface ErrorEntry {
  readonly pointer: string;
  readonly message: string;
}

export interface LedgerErrorInit {
  /** Stable, SCREAMING_SNAKE_CASE; documented in docs/errors.md. */
  readonly code: string;
  /** The HTTP status of the problem+json answer. */
  readonly status: number;
  /** Short and the same for every occurrence of the code. */
  readonly title: string;
  /** One sentence that says what to do. Never contains a secret, SQL or a stack. */
  readonly detail: string;
  /** True when the same request may succeed later. Default false. */
  readonly retryable?: boolean;
  readonly errors?: readonly ErrorEntry[];
  /** Further members of the problem document, such as `execution_id`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Further response headers, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * The base class of all domain errors. Each module defines its own in an `errors.ts`; the HTTP side writes any of them as
 * `application/problem+json` (RFC 9457).
 */
export class LedgerError extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
  readonly errors: readonly ErrorEntry[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(init: LedgerErrorInit) {
    super(init.detail, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = new.target.name;
    this.code = init.code;
    this.status = init.status;
    this.title = init.title;
    this.retryable = init.retryable ?? false;
    this.errors = init.errors;
    this.extensions = init.extensions ?? {};
    this.headers = init.headers ?? {};
  }
}

/** 400 `VALIDATION_FAILED`: the request itself is malformed. */
export class ValidationError extends LedgerError {
  constructor(detail: string, errors?: readonly ErrorEntry[]) {
    super({
      code: 'VALIDATION_FAILED',
      status: 400,
      title: 'The request is not valid',
      detail,
      ...(errors === undefined ? {} : { errors }),
    });
  }
}
