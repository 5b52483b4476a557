import type { Client } from 'pg';
import { WATCH_ROWS_IN_FLIGHT } from './watch-rows-in-flight.sql.js';
import { WATCHED_MOVES } from './watched-moves.sql.js';

/** From now on `watched_moves` has every change of status. */
export async function watchMoves(owner: Client): Promise<void> {
  await owner.query(WATCHED_MOVES);
  await owner.query(WATCH_ROWS_IN_FLIGHT);
}
