/** The answer to one try of a client. */
export interface Told {
  readonly sentAtMs: number;
  readonly tookMs: number;
  /** Null: the connection was refused or broke, so the client received no answer. */
  readonly status: number | null;
  /** The code of the problem or, without an answer, of the broken connection. */
  readonly code: string | null;
  readonly executionId: string | null;
  readonly isReplayed: boolean;
  /** Nobody listened at the address, so nothing was sent. */
  readonly isRefused: boolean;
  /** The body, byte for byte. */
  readonly body: string;
}

/** One logical request of a client, however often it has to be sent. */
export interface Request {
  /** Unique in the run. It travels as `correlation_id`, by which the checker finds the resulting rows. */
  readonly label: string;
  readonly route: 'run' | 'submit';
  /** The name of the project that the client's key belongs to. */
  readonly project: string;
  /** `Idempotency-Key`; null sends none. */
  readonly key: string | null;
  readonly told: Told[];
}

/** Everything that all clients of a row were told, whatever happened to the service. */
export class History {
  readonly requests: Request[] = [];

  begin(request: Omit<Request, 'told'>): Request {
    const begun = { ...request, told: [] };
    this.requests.push(begun);
    return begun;
  }

  /** Returns the ids of executions that the service has acknowledged, which must never be lost. */
  acknowledgedIds(): Set<string> {
    return new Set(this.tries().flatMap(({ executionId }) => executionId ?? []));
  }

  tries(): Told[] {
    return this.requests.flatMap(({ told }) => told);
  }

  /** Returns a sentence when requests were never acknowledged, because their outcome is unknown. */
  complainOfUnanswered(): string[] {
    const open = this.requests.filter(({ told }) => told.at(-1)?.executionId == null);
    if (open.length === 0) return [];
    return [`${open.length} requests were never answered for: ${JSON.stringify(this.outcomes())}.`];
  }

  /** Counts the tries that got no answer. */
  unanswered(): number {
    return this.tries().filter(({ status }) => status === null).length;
  }

  /** Counts the tries by their outcome, such as `{ "202": 60, "503 DATABASE_UNAVAILABLE": 2, "no answer": 1 }`. */
  outcomes(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status, code } of this.tries()) {
      const name = [status ?? 'no answer', code].filter((part) => part !== null).join(' ');
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }
}

/** Returns the value below which that share of the values lies; null when there are none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? null;
}
