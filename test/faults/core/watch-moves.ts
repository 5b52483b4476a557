import type { Client } from 'pg';
import { hasRowsInFlight } from './execution-places.js';
import { WATCH_ROWS_IN_FLIGHT } from './watch-rows-in-flight.sql.js';
import { WATCH_UPDATED_ROWS } from './watch-updated-rows.sql.js';
import { WATCHED_MOVES } from './watched-moves.sql.js';

/** From now on `watched_moves` has every change of status, however the tables are arranged. */
export async function watchMoves(owner: Client): Promise<void> {
  await owner.query(WATCHED_MOVES);
  const isInFlight = await hasRowsInFlight(async (text) => (await owner.query<object>(text)).rows);
  await owner.query(isInFlight ? WATCH_ROWS_IN_FLIGHT : WATCH_UPDATED_ROWS);
}
