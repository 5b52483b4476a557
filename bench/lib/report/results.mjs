import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inProject } from '../project.mjs';
import { machineLines, markdownTable } from './report.mjs';

/** Git ignores this file; published results go to a file named by `--out`. */
const LATEST = inProject('bench', 'results', 'latest.json');
const GUARD = inProject('bench', 'results', 'guard.json');
const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/** @returns {Promise<string>} the path of the written file. */
export async function writeResults({ out, guard }, results) {
  const target = path.resolve(out ?? (guard === null ? LATEST : GUARD));
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, `${JSON.stringify(results, null, 2)}\n`);
  return target;
}

/** @throws {Error} when nothing has been measured here yet. */
export async function readResults(file) {
  const text = await readFile(file ?? LATEST, 'utf8').catch(() => null);
  if (text === null) throw new Error('There are no results yet: run `npm run bench` first.');
  return JSON.parse(text);
}

/** Returns the options of the measurement, without the folders of the machine. */
export function publicOptions(options) {
  const { out: _out, markdown: _markdown, profile, portkey, help: _help, ...rest } = options;
  return { ...rest, portkey: portkey !== null, profile: profile !== null };
}

/**
 * Puts the results between the two markers of the file, so that no figure is typed by hand.
 *
 * @throws {Error} when the file has no such block.
 */
export async function updateMarkdown(file, results) {
  const text = await readFile(file, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`${file} has no block from ${BEGIN} to ${END}.`);
  await writeFile(
    file,
    `${text.slice(0, begin + BEGIN.length)}\n${renderBlock(results)}\n${text.slice(end)}`,
  );
}

function renderBlock(results) {
  const list = (lines) => lines.map((line) => `- ${line}`).join('\n');
  return [
    `Measured on ${results.measuredAt.slice(0, 10)} with the version of commit \`${results.commit ?? 'unknown'}\`.`,
    list(machineLines(results)),
    'On:',
    list(results.features),
    markdownTable(results.rows),
    list(results.notes),
    missedText(results.rows),
  ].join('\n\n');
}

/** States missed goals in a sentence, not only in the table. */
function missedText(rows) {
  const missed = rows.filter(({ met }) => met === false);
  if (missed.length === 0) return 'Every goal that was measured is reached.';
  const lines = missed.map(({ scenario, figure, peer, goal }) => {
    const against = peer === null ? '' : ` of ${peer}`;
    return `- ${scenario}: ${figure} ${goal}${against}`;
  });
  return ['Not reached:', '', ...lines].join('\n');
}
