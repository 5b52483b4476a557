// node bench/lib/profile/summarize-profile.mjs <file.cpuprofile>…: shows where the time went, by function and by package or folder.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const TOP = 40;
/** V8's name for the time in which nothing ran. */
const IDLE = '(idle)';

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));

async function main(files) {
  if (files.length === 0) {
    console.error('Usage: node bench/lib/profile/summarize-profile.mjs <file.cpuprofile>…');
    process.exitCode = 1;
    return;
  }
  const profiles = await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8'))));
  console.log(summarizeProfiles(profiles, TOP));
}

/**
 * Sums self times, as shares of the time in which the process was not idle.
 *
 * @param {any[]} profiles profiles from `Profiler.stop`.
 * @param {number} top the number of functions.
 */
export function summarizeProfiles(profiles, top) {
  const byFunction = new Map();
  const byPlace = new Map();
  const byOwner = new Map();
  let idleUs = 0;
  let busyUs = 0;
  for (const profile of profiles) {
    const parents = mapParents(profile);
    const selfTimes = sumSelfTimes(profile);
    for (const node of profile.nodes) {
      const { callFrame } = node;
      const selfUs = selfTimes.get(node.id) ?? 0;
      if (callFrame.functionName === IDLE) {
        idleUs += selfUs;
        continue;
      }
      busyUs += selfUs;
      add(byFunction, describeFunction(callFrame), selfUs);
      add(byPlace, describePlace(callFrame), selfUs);
      add(byOwner, describeOwner(node, parents), selfUs);
    }
  }
  return [
    `busy ${(busyUs / 1e6).toFixed(2)} s, idle ${(idleUs / 1e6).toFixed(2)} s`,
    '',
    'By folder of src, with all that it called:',
    ...listLines(byOwner, busyUs, top),
    '',
    'By package or folder:',
    ...listLines(byPlace, busyUs, top),
    '',
    'By function:',
    ...listLines(byFunction, busyUs, top),
  ].join('\n');
}

/** @returns {Map<number, number>} microseconds by the id of the node. */
function sumSelfTimes({ samples, timeDeltas }) {
  const selfUs = new Map();
  // The time of a sample lasts until the next one.
  samples.forEach((id, i) => add(selfUs, id, timeDeltas[i + 1] ?? 0));
  return selfUs;
}

/** @returns {Map<number, any>} the caller of each node, by the id of the node. */
function mapParents({ nodes }) {
  return new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node])));
}

function add(sums, key, value) {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

function listLines(sums, totalUs, top) {
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .slice(0, top)
    .map(([name, us]) => `${((us / totalUs) * 100).toFixed(1).padStart(5)} %  ${name}`);
}

function describeFunction({ functionName, url, lineNumber }) {
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name}  ${shorten(url)}:${lineNumber + 1}`;
}

/** Returns `pg`, `src/modules/executions`, `node:net`, or V8's own `(garbage collector)`. */
function describePlace({ functionName, url }) {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  const file = shorten(url);
  if (file.startsWith('node:')) return file.split('/', 2).join('/');
  const [, scopeOrName, name] = /^node_modules\/([^/]+)\/([^/]+)/.exec(file) ?? [];
  if (scopeOrName === undefined) return path.dirname(file).split('/').slice(0, 3).join('/');
  return scopeOrName.startsWith('@') ? `${scopeOrName}/${name}` : scopeOrName;
}

/** Returns the innermost folder of `src` on the stack. The continuation of a promise or a socket has no callers from there. */
function describeOwner(node, parents) {
  for (let at = node; at !== undefined; at = parents.get(at.id)) {
    const place = describePlace(at.callFrame);
    if (place.startsWith('src/')) return place;
  }
  return describePlace(node.callFrame).startsWith('(g') ? '(garbage collector)' : '(none of src)';
}

/** Cuts the path before the innermost `node_modules` or the build, so that no path of this machine is printed. */
function shorten(url) {
  if (!url.startsWith('file:') && !path.isAbsolute(url)) return url;
  const modules = url.lastIndexOf('/node_modules/');
  if (modules !== -1) return url.slice(modules + 1);
  const build = url.lastIndexOf('/dist/');
  return build === -1 ? path.basename(url) : url.slice(build + '/dist/'.length);
}
