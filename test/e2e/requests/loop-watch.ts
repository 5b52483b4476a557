import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';

const PRELOAD = path.join(__dirname, '../../faults/preloads/watch-loop.cjs');
/** The watch ticks every 2 ms, and writes at the tick after a long turn. */
const SETTLE_MS = 15;

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
    const { resets } = this.read();
    process.kill(this.pid, 'SIGUSR2');
    await eventually(() => Promise.resolve(this.read().resets > resets));
    await work();
    await sleep(SETTLE_MS);
    return this.read().mostMs;
  }

  /** The file may be empty between two writes. */
  private read(): { readonly resets: number; readonly mostMs: number } {
    for (;;) {
      try {
        return JSON.parse(readFileSync(this.file, 'utf8')) as { resets: number; mostMs: number };
      } catch (error) {
        if (!(error instanceof SyntaxError)) return { resets: 0, mostMs: 0 };
      }
    }
  }
}
