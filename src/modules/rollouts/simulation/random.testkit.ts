/** Looked up once, because Jest slows down each access to a global. */
const { cos, exp, imul, log, sqrt } = Math;

/** Returns uniform numbers in [0, 1), the same for the same seed on every machine: a counter whose bits are mixed by multiplication. */
export function createRandom(seed: number): () => number {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0;
    let bits = counter ^ (counter >>> 16);
    bits = imul(bits, 0x85ebca6b);
    bits = imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** Draws from a log-normal distribution, which resembles latencies and costs. */
export function drawLogNormal(random: () => number, median: number, spread: number): number {
  const radius = sqrt(-2 * log(1 - random()));
  return median * exp(spread * radius * cos(2 * Math.PI * random()));
}
