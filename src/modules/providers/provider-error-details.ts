/** What an adapter knows about a failed call, besides its kind. */
export interface ProviderErrorDetails {
  /** The vendor's HTTP status; null when there was none. */
  readonly status?: number | null;
  /** How long the vendor asks us to wait. */
  readonly retryAfterMs?: number | null;
  readonly providerRequestId?: string | null;
  /** Whether a success status had arrived. A vendor bills an answer that it has begun, so such a failure is not free. */
  readonly answerBegan?: boolean;
  /** False: no part of the request can have reached the vendor, so the call costs nothing. Left out: it may have. */
  readonly wasSent?: false;
  /** True: there was an answer, and one of our limits cut it off. The provider is not at fault. */
  readonly isCut?: true;
  /** Whether the vendor says that the same request is worth a retry; null if it does not say. */
  readonly shouldRetry?: boolean | null;
}
