import type { FaultRow } from '../core/row.js';
import { killWorkerRow } from './01-kill-worker.js';

/** In the order of docs/reliability.md. */
export const ROWS: readonly FaultRow[] = [killWorkerRow];
