/**
 * Resolves to the outcome of `work`, unless it takes longer than `timeoutMs`. Does not stop the work, and ignores its later outcome.
 *
 * @throws Error `<what> took longer than <timeoutMs> ms`, or whatever `work` rejects with.
 */
export async function withTimeLimit<T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} took longer than ${Math.round(timeoutMs)} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
