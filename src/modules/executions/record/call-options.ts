/** A connection that is silent for this long is abandoned, and the batch is written again over another. */
export const ANSWER_TIMEOUT_MS = 4000;

/** Returns a uuid[] literal with the distinct projects of the entries. */
export function projectsLiteral(entries: readonly { readonly project_id: string }[]): string {
  const [first] = entries;
  if (first === undefined) return '{}';
  // Nearly all batches have one project, and nothing to gather.
  if (entries.every(({ project_id: id }) => id === first.project_id)) return `{${first.project_id}}`;
  return `{${[...new Set(entries.map(({ project_id: id }) => id))].join(',')}}`;
}
