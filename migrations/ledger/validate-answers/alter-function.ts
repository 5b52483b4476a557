import type { QueryRunner } from 'typeorm';

/** A text of a function, its replacement, and how often it occurs. */
export type Replacement = readonly [former: string, text: string, times?: number];

/**
 * Changes a function in the database, whichever migration wrote it last. Its grants and settings stay.
 * @throws Error unless each text occurs as often as the replacement says.
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
  for (const [former, text, times = 1] of replacements) {
    const found = definition.split(former).length - 1;
    if (found !== times) throw new Error(`${signature} has "${former}" ${found} times, not ${times}`);
    definition = definition.replaceAll(former, () => text);
  }
  await runner.query(definition);
}

/** Returns the replacements that undo these. */
export function takenBack(replacements: readonly Replacement[]): Replacement[] {
  return [...replacements].reverse().map(([former, text, times]) => [text, former, times ?? 1]);
}
