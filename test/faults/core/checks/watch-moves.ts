import type { Client } from 'pg';
import { WATCH_ROWS_IN_FLIGHT } from './watch-rows-in-flight.sql.js';
import { WATCHED_MOVES } from './watched-moves.sql.js';

/** Records every later change of status in `watched_moves`. */
export async function watchMoves(owner: Client): Promise<void> {
  await owner.query(WATCHED_MOVES);
  await owner.query(WATCH_ROWS_IN_FLIGHT);
}
