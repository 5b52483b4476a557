import type { ExactJson } from '../../../kernel/index.js';

/** No real path is deeper than this. */
const MAX_STEPS = 100;
/** Matches a name, or an index in brackets, right after the previous step. */
const STEP = /\.?([^.[\]]+)|\[(\d{1,9})\]/y;
const INDEX = /^(?:0|[1-9]\d{0,8})$/;

/**
 * Parses the steps to a part of a JSON value: an RFC 6901 pointer (`/a/0/b`), or names and indexes (`a[0].b`, `a.0.b`, with or without `$.`
 * in front). A key with a dot or a bracket needs a pointer.
 * @returns null for a text that is neither.
 */
export function parsePath(path: string): readonly string[] | null {
  const steps = path.startsWith('/') ? parsePointer(path) : parseDotted(path.replace(/^\$(?=[.[])\.?/, ''));
  return steps === null || steps.length > MAX_STEPS ? null : steps;
}

function parsePointer(pointer: string): readonly string[] | null {
  if (/~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function parseDotted(path: string): readonly string[] | null {
  const steps: string[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const isFirst = STEP.lastIndex === 0;
    const start = STEP.lastIndex;
    const found = STEP.exec(path);
    if (found === null) return null;
    const [, name, index] = found;
    // A name comes first or follows a dot.
    const hasDot = path[start] === '.';
    if (name !== undefined && hasDot === isFirst) return null;
    steps.push((name ?? index) as string);
  }
  return steps.length === 0 ? null : steps;
}

/** Returns the part that the steps lead to; undefined if there is none. */
export function selectPart(value: ExactJson, steps: readonly string[]): ExactJson | undefined {
  let part: ExactJson | undefined = value;
  for (const step of steps) {
    if (part instanceof Map) part = (part as ReadonlyMap<string, ExactJson>).get(step);
    else if (Array.isArray(part) && INDEX.test(step)) part = (part as readonly ExactJson[])[Number(step)];
    else return undefined;
  }
  return part;
}
