export const PROJECTS = ['unit', 'architecture', 'db', 'e2e', 'browser', 'examples', 'faults'];

const SELECTION = /^--(?:select|ignore)Projects$/;

/**
 * Jest takes every word after `--selectProjects` for a project. Those that are none are files, and go in front of it.
 * @param {readonly string[]} args as they were typed, such as `--selectProjects e2e streaming`.
 * @returns {string[]}
 */
export function arrangeArguments(args) {
  const files = [];
  const rest = [];
  let isSelecting = false;
  for (const word of args.flatMap(splitSelection)) {
    if (word.startsWith('-')) isSelecting = SELECTION.test(word);
    if (isSelecting && !word.startsWith('-') && !PROJECTS.includes(word)) files.push(word);
    else rest.push(word);
  }
  return [...files, ...rest];
}

/** `--selectProjects=e2e` as two words. */
function splitSelection(word) {
  const [, option, value] = /^(--(?:select|ignore)Projects)=(.*)$/.exec(word) ?? [];
  return option === undefined ? [word] : [option, value];
}
