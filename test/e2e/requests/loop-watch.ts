import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';

const PRELOAD = path.join(__dirname, '../../faults/preloads/watch-loop.cjs');
/** The watch ticks every 2 ms, and writes at the tick after a long turn. */
const SETTLE_MS = 15;

/** What the preloaded script writes. */
interface WatchFile {
  readonly resets: number;
  readonly mostMs: number;
  readonly usedMs: number;
}

/** Watches the event loop of a process that was started with {@link settings}. */
export class LoopWatch {
  constructor(
    private readonly pid: number,
    private readonly file: string,
  ) {}

  static settings(file: string): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--require=${PRELOAD}`, FAULTS_LOOP_FILE: file };
  }

  /** Measures turns during the work, each as the smaller of its elapsed time and its processor time. */
  async longestTurnMs(work: () => Promise<unknown>): Promise<number> {
    await this.reset();
    await work();
    await sleep(SETTLE_MS);
    return this.read().mostMs;
  }

  /** Measures the processor time of all threads of the process during the work, besides its longest turn. */
  async measure(work: () => Promise<unknown>): Promise<{ readonly turnMs: number; readonly usedMs: number }> {
    const beforeMs = await this.reset();
    await work();
    await sleep(SETTLE_MS);
    const turnMs = this.read().mostMs;
    return { turnMs, usedMs: (await this.reset()) - beforeMs };
  }

  /** @returns the processor time of the process so far. */
  private async reset(): Promise<number> {
    const { resets } = this.read();
    process.kill(this.pid, 'SIGUSR2');
    await eventually(() => Promise.resolve(this.read().resets > resets));
    return this.read().usedMs;
  }

  /** The file may be empty between two writes. */
  private read(): WatchFile {
    for (;;) {
      try {
        return JSON.parse(readFileSync(this.file, 'utf8')) as WatchFile;
      } catch (error) {
        if (!(error instanceof SyntaxError)) return { resets: 0, mostMs: 0, usedMs: 0 };
      }
    }
  }
}
