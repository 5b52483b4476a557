import type { QueryRunner } from 'typeorm';

/** A text of a function, and what takes its place. */
export type Replacement = readonly [former: string, text: string];

/**
 * Changes a function as it stands in the database, whichever migration wrote it last. Its grants and settings stay.
 * @throws Error when it does not have one of the texts.
 */
export async function alterFunction(
  runner: QueryRunner,
  signature: string,
  replacements: readonly Replacement[],
): Promise<void> {
  const [row] = (await runner.query('SELECT pg_get_functiondef($1::regprocedure) AS definition', [
    signature,
  ])) as { definition: string }[];
  let definition = row?.definition ?? '';
  for (const [former, text] of replacements) {
    if (!definition.includes(former)) throw new Error(`${signature} has no "${former}"`);
    definition = definition.replaceAll(former, () => text);
  }
  await runner.query(definition);
}

/** What takes the replacements back. */
export function takenBack(replacements: readonly Replacement[]): Replacement[] {
  return [...replacements].reverse().map(([former, text]) => [text, former]);
}
