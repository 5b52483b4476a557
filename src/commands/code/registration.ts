import { BadRequestError, type LedgerClient } from '../../../sdk/src/index.js';
import { Progress } from '../terminal/progress.js';
import type { CodePrompt } from './code-prompt.js';
import type { CollectedPrompts } from './collect-prompts.js';

/** What the ledger takes at once: 1,000 prompts, 16 MiB. The rest is for git facts, places and escapes. */
const PROMPTS_A_CALL = 1000;
const CHARS_A_CALL = 4 * 1024 ** 2;

export interface Registered {
  readonly name: string;
  readonly version: number;
  readonly previous_version: number | null;
  readonly change_detected: boolean;
  readonly file: string;
  readonly line: number;
}

/** What is registered: prompts with their places, and which state of the code this is. */
export type CodeState = Pick<CollectedPrompts, 'prompts' | 'git'>;

/** One registration of a code base, in as many calls as it takes. */
export class Registration {
  registered: Registered[] = [];
  readonly inFullMode: string[] = [];

  constructor(
    private readonly ledger: LedgerClient,
    private readonly code: CodeState,
  ) {}

  async run(isDryRun: boolean): Promise<void> {
    const calls = portionsOf(this.code.prompts);
    // Each call is all or nothing. With several, a dry one first finds what would stop a later one half-way.
    if (calls.length > 1 && !isDryRun) await this.sendAll(calls, true);
    await this.sendAll(calls, isDryRun);
  }

  private async sendAll(calls: readonly CodePrompt[][], isDryRun: boolean): Promise<void> {
    this.registered = [];
    const progress = new Progress('prompts registered', this.code.prompts.length);
    try {
      for (const prompts of calls) {
        await this.send(prompts, isDryRun);
        progress.add(prompts.length);
      }
    } finally {
      progress.done();
    }
  }

  /** Without those that are in full mode by now. */
  private async send(prompts: readonly CodePrompt[], isDryRun: boolean): Promise<void> {
    const left = prompts.filter(({ name }) => !this.inFullMode.includes(name));
    if (left.length === 0) return;
    try {
      const { registered } = await this.ledger.tracking.register(this.requestOf(left, isDryRun));
      this.registered.push(...registered.map((entry, index) => withPlace(entry, left[index])));
    } catch (error) {
      const full = fullModeOf(error).flatMap((index) => left[index]?.name ?? []);
      if (full.length === 0) throw error;
      this.inFullMode.push(...full);
      await this.send(left, isDryRun);
    }
  }

  private requestOf(prompts: readonly CodePrompt[], isDryRun: boolean) {
    return {
      prompts: prompts.map(({ name, template, file, line }) => ({
        name,
        template_source: template,
        source: { file, line },
      })),
      git: this.code.git,
      dry_run: isDryRun,
    };
  }
}

function withPlace(
  { name, version, previous_version, change_detected }: Omit<Registered, 'file' | 'line'>,
  prompt: CodePrompt | undefined,
): Registered {
  const { file = '', line = 1 } = prompt ?? {};
  return { name, version, previous_version, change_detected, file, line };
}

/** Which prompts of a refused call are in full mode. */
function fullModeOf(error: unknown): number[] {
  if (!(error instanceof BadRequestError) || error.code !== 'PROMPT_MODE_MISMATCH') return [];
  const pointers = (error.problem?.errors ?? []).map(({ pointer }) => /^\/prompts\/(\d+)/.exec(pointer)?.[1]);
  return pointers.flatMap((index) => (index === undefined ? [] : [Number(index)]));
}

function portionsOf(prompts: readonly CodePrompt[]): CodePrompt[][] {
  const portions: CodePrompt[][] = [];
  let chars = Infinity;
  for (const prompt of prompts) {
    const last = portions.at(-1);
    chars += prompt.template.length;
    if (last === undefined || last.length === PROMPTS_A_CALL || chars > CHARS_A_CALL) {
      portions.push([prompt]);
      chars = prompt.template.length;
    } else {
      last.push(prompt);
    }
  }
  return portions;
}
