/** Proof of holding an execution. A holder with an older fence has lost it. */
export interface Claim {
  readonly projectId: string;
  readonly executionId: string;
  readonly fence: number;
  /**
   * False when the ending certainly has no further duties, so that it may take the fast path. Only a hint: the row in flight
   * decides.
   */
  readonly mayHaveDuties?: boolean;
}
