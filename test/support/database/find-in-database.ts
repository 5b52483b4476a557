import { type Client, escapeLiteral } from 'pg';

const TABLES = `SELECT c.oid::regclass::text AS name FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1`;

const LOOKS = `SELECT c.relname || '.' || a.attname AS place,
    format('SELECT EXISTS (SELECT FROM ONLY %s WHERE %s) AS found', c.oid::regclass,
      CASE WHEN a.atttypid = 'bytea'::regtype
        THEN format('EXISTS (SELECT FROM unnest($1::text[]) AS t WHERE position(convert_to(t, ''UTF8'') IN %I) > 0)', a.attname)
        ELSE format('EXISTS (SELECT FROM unnest($1::text[]) AS t WHERE strpos(%I::text, t) > 0)', a.attname) END) AS look
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.oid = ANY ($1::regclass[]) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY 1`;

/** Finds texts in every table of the database. Returns `table.column` of each place. */
export async function findInDatabase(owner: Client, texts: readonly string[]): Promise<string[]> {
  const { rows } = await owner.query<{ place: string; look: string }>(LOOKS, [await listFilled(owner)]);
  const places: string[] = [];
  for (const { place, look } of rows) {
    const found = await owner.query<{ found: boolean }>(look, [texts]);
    if (found.rows[0]?.found === true) places.push(place);
  }
  return places;
}

/** Lists the tables that have rows, in one statement: most of the thousand columns need no look of their own. */
async function listFilled(owner: Client): Promise<string[]> {
  const tables = await owner.query<{ name: string }>(TABLES);
  const looks = tables.rows.map(
    ({ name }) => `SELECT ${escapeLiteral(name)} AS name WHERE EXISTS (SELECT FROM ONLY ${name})`,
  );
  const filled = await owner.query<{ name: string }>(looks.join(' UNION ALL '));
  return filled.rows.map(({ name }) => name);
}
