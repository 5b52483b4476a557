const MAIN_THREAD = 'CrRendererMain';

/**
 * Measures the longest task of the page's main thread during some work: by the clock, which includes time that the machine spent on others,
 * and by the processor time of the thread, which does not.
 *
 * @param {import('playwright-core').Page} page
 * @param {() => Promise<void>} work
 * @returns {Promise<{ longestMs: number, longestCpuMs: number }>}
 */
export async function traceTasks(page, work) {
  const session = await page.context().newCDPSession(page);
  const threads = new Map();
  const mainThreads = new Set();
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const { name, pid, tid, ph, args, dur = 0, tdur = 0 } of value) {
      const id = `${pid} ${tid}`;
      if (name === 'thread_name' && args.name === MAIN_THREAD) mainThreads.add(id);
      if (ph !== 'X' || !name.endsWith('RunTask')) continue;
      const thread = threads.get(id) ?? { longestMs: 0, longestCpuMs: 0, allMs: 0 };
      thread.longestMs = Math.max(thread.longestMs, dur / 1_000);
      thread.longestCpuMs = Math.max(thread.longestCpuMs, tdur / 1_000);
      thread.allMs += tdur / 1_000;
      threads.set(id, thread);
    }
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'], excludedCategories: ['*'] },
  });
  await work();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  // Chromium keeps spare processes ready, whose main threads do almost nothing.
  const [busiest] = [...mainThreads].flatMap((id) => threads.get(id) ?? []).sort((a, b) => b.allMs - a.allMs);
  if (busiest === undefined) throw new Error('The trace has no task of the page.');
  return { longestMs: busiest.longestMs, longestCpuMs: busiest.longestCpuMs };
}
