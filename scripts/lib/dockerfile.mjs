import { readFile } from 'node:fs/promises';

/**
 * Reads the part of Docker's language that this Dockerfile uses. Anything else is an error instead of a guess.
 *
 * @returns {Promise<{ name: string, from: string, steps: Step[] }[]>} its stages.
 * @typedef {{ kind: 'WORKDIR', path: string } | { kind: 'ENV', values: Record<string, string> } | { kind: 'COPY', from: string | null,
 * sources: string[], target: string } | { kind: 'RUN', command: string } | { kind: 'CMD' | 'HEALTHCHECK', value: string[] } | { kind:
 * 'USER' | 'STOPSIGNAL' | 'EXPOSE' | 'LABEL', value: string }} Step
 */
export async function readDockerfile(file) {
  const args = {};
  const stages = [];
  for (const line of logicalLines(await readFile(file, 'utf8'))) {
    const [, kind, rest] = /^([A-Z]+)\s+(.*)$/s.exec(line);
    if (kind === 'ARG') {
      const [name, value = ''] = rest.split('=');
      args[name] = value;
    } else if (kind === 'FROM') {
      const [from, , name = String(stages.length)] = expand(rest, args).split(/\s+/);
      stages.push({ name, from, steps: [] });
    } else {
      stages.at(-1).steps.push(parseStep(kind, rest));
    }
  }
  return stages;
}

/** Returns the lines without comments, and with continued lines joined. */
function logicalLines(text) {
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  return lines
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

function expand(text, args) {
  return text.replace(/\$\{(\w+)\}/g, (_, name) => args[name]);
}

function parseStep(kind, rest) {
  switch (kind) {
    case 'WORKDIR':
      return { kind, path: rest };
    case 'ENV':
      return { kind, values: Object.fromEntries(rest.split(/\s+/).map((pair) => pair.split('='))) };
    case 'COPY': {
      const [, from = null, paths] = /^(?:--from=(\S+)\s+)?([^-].*)$/.exec(rest);
      const words = paths.split(/\s+/);
      return { kind, from, sources: words.slice(0, -1), target: words.at(-1) };
    }
    case 'RUN':
      return { kind, command: rest };
    case 'CMD':
      return { kind, value: JSON.parse(rest) };
    case 'HEALTHCHECK':
      return { kind, value: JSON.parse(/\sCMD\s+(\[.*\])$/.exec(rest)[1]) };
    case 'USER':
    case 'STOPSIGNAL':
    case 'EXPOSE':
    case 'LABEL':
      return { kind, value: rest };
    default:
      throw new Error(`The Dockerfile says ${kind}, which this check cannot follow.`);
  }
}

/** @returns {Promise<(file: string) => boolean>} whether a path relative to the context is ignored. */
export async function readDockerignore(file) {
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.trim());
  const rules = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: toPattern(line.replace(/^!/, '')) }));
  // The last rule that fits decides.
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.keeps === false;
}

/** A pattern also takes in everything below what it names. */
function toPattern(glob) {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${source}(?:/.*)?$`);
}
