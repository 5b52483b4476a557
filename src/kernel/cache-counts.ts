/** Counts how often a cache had what it was asked for. Plain numbers, so that counting costs a read nothing. */
export class CacheCounts {
  hits = 0;
  misses = 0;
}
