/** A connection that is silent for so long is given up, and the batch written again over another. */
export const ANSWER_TIMEOUT_MS = 4000;

/** A uuid[] literal of the projects that entries are of, each once. */
export function projectsLiteral(entries: readonly { readonly project_id: string }[]): string {
  const [first] = entries;
  if (first === undefined) return '{}';
  // Nearly always there is one project, and nothing to gather.
  if (entries.every(({ project_id: id }) => id === first.project_id)) return `{${first.project_id}}`;
  return `{${[...new Set(entries.map(({ project_id: id }) => id))].join(',')}}`;
}
