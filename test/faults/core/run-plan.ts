import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RowReport, Size } from './row.js';

const ROOT = path.join(__dirname, '../../..');

/** Rows that take seconds in the short size. The others start many processes, and `npm test` runs often. */
const QUICK_ROWS = [3, 4, 5, 6, 7, 9, 12, 13, 14, 16, 17, 19, 20, 21, 22, 23] as const;

/** The plan of `npm run test:faults`. Without it, as in `npm test`, the quick rows run in the short size. */
export interface RunPlan {
  readonly size: Size;
  /** Null for all. */
  readonly rows: readonly number[] | null;
  /** The commit of the sources; null when unknown. */
  readonly commit: string | null;
  /** The folder for the report of each row; null for none. */
  readonly folder: string | null;
}

export function readPlan(): RunPlan {
  const { FAULTS_SIZE: size, FAULTS_ROWS: rows, FAULTS_FOLDER: folder, FAULTS_COMMIT: commit } = process.env;
  return {
    size: size === 'full' ? 'full' : 'short',
    rows: rows === undefined ? QUICK_ROWS : rows === '' ? null : rows.split(',').map(Number),
    commit: commit ?? null,
    folder: folder ?? null,
  };
}

/** Each row has its own file, so that a run which breaks off keeps what was measured before. */
export function writeReport({ folder, commit }: RunPlan, report: RowReport): void {
  if (folder === null) return;
  mkdirSync(folder, { recursive: true });
  const name = `row-${String(report.number).padStart(2, '0')}.json`;
  // Stacks name files of this machine, which must not be published.
  const text = JSON.stringify({ ...report, commit }, null, 2).replaceAll(`${ROOT}/`, '');
  writeFileSync(path.join(folder, name), `${text}\n`);
  process.stdout.write(`${describe(report)}\n`);
}

function describe({ number, fault, holds, landed, measured, broken, notes, tookS }: RowReport): string {
  const facts = [
    ...landed.map(({ what, count }) => `${count} ${what}`),
    ...Object.entries(measured).map(([name, value]) => `${name} ${value}`),
  ];
  return [
    `${holds ? 'holds' : 'FAILS'}  row ${number}: ${fault} (${tookS} s)`,
    `       ${facts.join(' · ')}`,
    ...broken.map((sentence) => `       ! ${sentence}`),
    ...(notes ?? []).map((sentence) => `       * ${sentence}`),
  ].join('\n');
}
