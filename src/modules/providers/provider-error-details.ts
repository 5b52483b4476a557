/** The facts that an adapter has about a failed call, besides its kind. */
export interface ProviderErrorDetails {
  /** The vendor's HTTP status; null when there was none. */
  readonly status?: number | null;
  /** The time that the vendor asks us to wait. */
  readonly retryAfterMs?: number | null;
  readonly providerRequestId?: string | null;
  /** Whether a success status had come. A vendor bills what it has begun to answer, so such a failure is not free. */
  readonly answerBegan?: boolean;
  /** False: nothing of the request can have reached the vendor, so it costs nothing. Left out: it may have. */
  readonly wasSent?: false;
  /** True: the answer was there, and a limit of ours cut it off. It says nothing against the provider. */
  readonly isCut?: true;
  /** Whether the vendor says that the same request is worth another try, or not worth one; null: it says nothing. */
  readonly shouldRetry?: boolean | null;
}
