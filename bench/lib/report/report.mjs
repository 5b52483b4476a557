const COLUMNS = ['Scenario', 'Figure', 'Ledger', 'Beside', 'Its figure', 'Ratio', 'Goal', 'Met'];

/** @param {import('./rows.mjs').Row[]} rows @returns {string[][]} with the header; a scenario's name only once. */
function toCells(rows) {
  const body = rows.map((row, i) => [
    rows[i - 1]?.scenario === row.scenario ? '' : row.scenario,
    row.figure,
    withUnit(row.value, row.unit),
    row.peer ?? '',
    row.peer === null ? '' : withUnit(row.peerValue, row.unit),
    row.peer === null ? '' : ratioText(row.ratio),
    row.goal ?? '',
    row.goal === null ? '' : metText(row.met),
  ]);
  return [COLUMNS, ...body];
}

/** Formats the table for a terminal. */
export function plainTable(rows) {
  const cells = toCells(rows);
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  return [lines[0], '-'.repeat(lines[0].length), ...lines.slice(1)].join('\n');
}

export function markdownTable(rows) {
  const [header, ...body] = toCells(rows).map((line) => `| ${line.join(' | ')} |`);
  return [header, `|${' --- |'.repeat(COLUMNS.length)}`, ...body].join('\n');
}

/** Returns one line for each fact. */
export function machineLines({ machine, options }) {
  const { fsync } = machine;
  return [
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGib} GiB, ${machine.os}; load before the start ${machine.loadBefore.toFixed(1)}`,
    `Node ${machine.node}, PostgreSQL ${machine.postgres}, Redis ${machine.redis ?? 'none'}`,
    `disk: ${number(fsync.perSecond)} writes of 8 KB with fdatasync a second (${number(fsync.meanMs)} ms each)${fsync.inMemory ? '; in memory, so nothing here is durable' : ''}`,
    `${options.rounds} round${options.rounds === 1 ? '' : 's'} of ${options.seconds} s, ${options.jobs} jobs a round${options.quick ? '; --quick, not for publishing' : ''}`,
  ];
}

function withUnit(value, unit) {
  return value === null ? 'unknown' : `${number(value)}${unit.startsWith('/') ? unit : ` ${unit}`}`;
}

function ratioText(ratio) {
  return ratio === null ? 'unknown' : `${ratio.toFixed(2)}×`;
}

function metText(met) {
  if (met === null) return 'unknown';
  return met ? 'yes' : 'NO';
}

/** Formats three significant digits; whole numbers from 100 on. */
function number(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
