import { type Interval, Z_95 } from './interval.js';

/**
 * Returns the 95 % interval of Agresti and Min (2005) for the difference of two shares over the same items: Wald's with half a pair added
 * to each of the four cells. 2 wins and 8 losses among 100 items give −0.121523 to 0.003876. Without items it is as wide as possible.
 */
export function pairedShareInterval(wins: number, losses: number, n: number): Interval {
  const [won, lost, all] = [wins + 0.5, losses + 0.5, n + 2];
  const difference = won - lost;
  const half = (Z_95 * Math.sqrt(won + lost - (difference * difference) / all)) / all;
  return [Math.max(-1, difference / all - half), Math.min(1, difference / all + half)];
}
