export const PROJECTS = ['unit', 'architecture', 'db', 'e2e', 'browser', 'examples', 'faults'];

const SELECTION = /^--(?:select|ignore)Projects$/;

/**
 * Jest treats every word after `--selectProjects` as a project. Words that are not projects are files, and move in front of it.
 * @param {readonly string[]} args as typed, such as `--selectProjects e2e streaming`.
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

/** Splits `--selectProjects=e2e` into two words. */
function splitSelection(word) {
  const [, option, value] = /^(--(?:select|ignore)Projects)=(.*)$/.exec(word) ?? [];
  return option === undefined ? [word] : [option, value];
}
