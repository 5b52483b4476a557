/** Counts the hits and misses of a cache as plain numbers, so that counting costs a read nothing. */
export class CacheCounts {
  hits = 0;
  misses = 0;
}
