/** The answer to one try of a client. */
export interface Told {
  readonly sentAtMs: number;
  readonly tookMs: number;
  /** Null: the connection was refused or broke, so the client was told nothing. */
  readonly status: number | null;
  /** The code of the problem; without an answer, that of the broken connection. */
  readonly code: string | null;
  readonly executionId: string | null;
  readonly isReplayed: boolean;
  /** Nobody listened, so nothing was sent. */
  readonly isRefused: boolean;
  /** Byte for byte. */
  readonly body: string;
}

/** One request as a client means it, however often it has to send it. */
export interface Request {
  /** Unique in the run; travels as `correlation_id`, by which the checker finds the rows that it made. */
  readonly label: string;
  readonly route: 'run' | 'submit';
  /** Name of the project whose key it bears. */
  readonly project: string;
  /** `Idempotency-Key`; null sends none. */
  readonly key: string | null;
  readonly told: Told[];
}

/** Everything that all clients of a row were told, whatever became of the service. */
export class History {
  readonly requests: Request[] = [];

  begin(request: Omit<Request, 'told'>): Request {
    const begun = { ...request, told: [] };
    this.requests.push(begun);
    return begun;
  }

  /** Ids that the service has answered for: these must never be lost. */
  acknowledgedIds(): Set<string> {
    return new Set(this.tries().flatMap(({ executionId }) => executionId ?? []));
  }

  tries(): Told[] {
    return this.requests.flatMap(({ told }) => told);
  }

  /** A sentence when there are requests that were never answered for: nobody would know what became of them. */
  complainOfUnanswered(): string[] {
    const open = this.requests.filter(({ told }) => told.at(-1)?.executionId == null);
    if (open.length === 0) return [];
    return [`${open.length} requests were never answered for: ${JSON.stringify(this.outcomes())}.`];
  }

  /** So many tries told the client nothing. */
  unanswered(): number {
    return this.tries().filter(({ status }) => status === null).length;
  }

  /** Counts the tries by their end, such as `{ "202": 60, "503 DATABASE_UNAVAILABLE": 2, "no answer": 1 }`. */
  outcomes(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status, code } of this.tries()) {
      const name = [status ?? 'no answer', code].filter((part) => part !== null).join(' ');
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }
}

/** The value below which that share of them lies; null when there is none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? null;
}
