import type { Client } from 'pg';

/** Finds texts in every table of the database. Returns `table.column` of each place. */
export async function findInDatabase(owner: Client, texts: readonly string[]): Promise<string[]> {
  const { rows } = await owner.query<{ place: string; look: string }>(
    `SELECT c.relname || '.' || a.attname AS place,
       format('SELECT EXISTS (SELECT FROM ONLY %I.%I WHERE %s) AS found', n.nspname, c.relname,
         CASE WHEN a.atttypid = 'bytea'::regtype
           THEN format('EXISTS (SELECT FROM unnest($1::text[]) AS t WHERE position(convert_to(t, ''UTF8'') IN %I) > 0)', a.attname)
           ELSE format('EXISTS (SELECT FROM unnest($1::text[]) AS t WHERE strpos(%I::text, t) > 0)', a.attname) END) AS look
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
       AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY 1`,
  );
  const places: string[] = [];
  for (const { place, look } of rows) {
    const found = await owner.query<{ found: boolean }>(look, [texts]);
    if (found.rows[0]?.found === true) places.push(place);
  }
  return places;
}
