import { readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inProject } from './project.mjs';

/** The published file. Git ignores the reports that it is made from. */
const PUBLISHED = inProject('docs', 'reliability.json');
const LATEST = inProject('test', 'faults', 'results', 'full');
const BEGIN = '<!-- faults:begin -->';
const END = '<!-- faults:end -->';

/** Reads the reports of the rows, by number; empty when nothing has run here yet. */
export async function readReports(folder) {
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.sort().map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.map((text) => JSON.parse(text));
}

/**
 * Replaces published reports with the latest full ones, and writes the table of all into the marked block of the file, so that no figure is
 * typed by hand.
 *
 * @throws {Error} when the file has no such block.
 */
export async function publishReports(file) {
  const latest = await readReports(LATEST);
  const rows = new Map((await readPublished()).map((row) => [row.number, row]));
  const machine = `${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  for (const row of latest) rows.set(row.number, { ...row, machine });
  const sorted = [...rows.values()].sort((a, b) => a.number - b.number);
  const text = await readFile(file, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`${file} has no block from ${BEGIN} to ${END}.`);
  await writeFile(PUBLISHED, `${JSON.stringify({ rows: sorted }, null, 2)}\n`);
  await writeFile(file, `${text.slice(0, begin + BEGIN.length)}\n${renderBlock(sorted)}\n${text.slice(end)}`);
}

async function readPublished() {
  const text = await readFile(PUBLISHED, 'utf8').catch(() => '{"rows":[]}');
  return JSON.parse(text).rows;
}

function renderBlock(rows) {
  if (rows.length === 0) return 'Not run yet.';
  const lines = rows.map((row) =>
    cells([
      row.number,
      row.fault,
      row.mustHold,
      landedText(row),
      measuredText(row),
      row.holds ? 'yes' : 'NO',
    ]),
  );
  const table = [
    cells(['#', 'Fault', 'Must hold', 'The fault landed', 'Seen', 'Holds']),
    cells(Array.from({ length: 6 }, () => '---')),
    ...lines,
  ].join('\n');
  return [table, list(rows.flatMap(listRemarks)), list(rows.map(runText))]
    .filter((part) => part !== '')
    .join('\n\n');
}

function landedText({ landed }) {
  return landed.map(({ what, count }) => `${number(count)} ${what}`).join('; ');
}

function measuredText({ measured }) {
  return Object.entries(measured)
    .map(([name, value]) => `${name}: ${typeof value === 'number' ? number(value) : value}`)
    .join('; ');
}

/** Repeats below the table which rows do not hold. */
function listRemarks({ number: row, broken, notes = [] }) {
  return [
    ...broken.map((text) => `Row ${row} does not hold: ${text.split('\n')[0]}`),
    ...notes.map((text) => `Row ${row}: ${text}`),
  ];
}

function runText({ number: row, startedAt, tookS, commit, machine }) {
  return `Row ${row}: ${startedAt.slice(0, 10)}, ${tookS} s, commit \`${commit ?? 'unknown'}\`, ${machine}.`;
}

function list(lines) {
  return lines.map((line) => `- ${line}`).join('\n');
}

function cells(values) {
  return `| ${values.map((value) => String(value).replaceAll('|', '\\|')).join(' | ')} |`;
}

function number(value) {
  return value.toLocaleString('en-US');
}
