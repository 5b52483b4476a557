import type { ProcessPlace, ResolvedBackends } from '../config/index.js';
import type { FamilyReport } from '../metrics/index.js';
import type { Count, Counters } from './minute-counters.js';

/** What an API process must know before it can start, determined once by its supervisor. */
export interface Assignment {
  readonly place: ProcessPlace;
  readonly backends: ResolvedBackends;
  /** Whether this process fills the embedded database's default project before it is ready. */
  readonly seeds: boolean;
}

/** A provider as the banner names it. */
export interface ProviderLine {
  readonly id: string;
  readonly readiness: { readonly ready: true } | { readonly ready: false; readonly missing: string };
}

/** Points to count, in the compact form that is sent between processes. */
export type CountRequest = readonly [action: keyof Counters, id: string, points: number];

export type MessageToProcess =
  | { readonly kind: 'start'; readonly assignment: Assignment }
  /** The connection's socket is sent along with the message. */
  | { readonly kind: 'connection' }
  | { readonly kind: 'counted'; readonly batch: number; readonly counts: readonly Count[] }
  /** Asks for what the process has counted. */
  | { readonly kind: 'report'; readonly id: number }
  | { readonly kind: 'gathered'; readonly id: number; readonly report: readonly FamilyReport[] }
  | { readonly kind: 'stop' };

export type MessageToSupervisor =
  | { readonly kind: 'ready'; readonly providers: readonly ProviderLine[] }
  /** The process cannot start as configured; a retry would end the same way. */
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'reported'; readonly id: number; readonly report: readonly FamilyReport[] }
  /** Asks for what all processes have counted together. */
  | { readonly kind: 'gather'; readonly id: number }
  | { readonly kind: 'count'; readonly batch: number; readonly requests: readonly CountRequest[] };
