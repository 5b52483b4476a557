import { BadRequestError, type LedgerClient, type RegisteredPrompt } from '../../../sdk/src/index.js';
import { contentFields } from '../prompt-files/wire.js';
import { Progress } from '../terminal/progress.js';
import type { CodePrompt } from './code-prompt.js';
import type { CollectedPrompts } from './collect-prompts.js';

/** The ledger's limits for a request: 1,000 prompts, 16 MiB. The remaining bytes are for git facts, places and escapes. */
const PROMPTS_A_CALL = 1000;
const CHARS_A_CALL = 4 * 1024 ** 2;

export interface Registered extends Omit<RegisteredPrompt, 'mode'> {
  readonly file: string;
  readonly line: number;
}

/** The state to register: prompts with their places, and their commit. */
export type CodeState = Pick<CollectedPrompts, 'prompts' | 'git'>;

/** One registration of a code base, in as many calls as needed. */
export class Registration {
  registered: Registered[] = [];
  readonly inFullMode: string[] = [];

  constructor(
    private readonly ledger: LedgerClient,
    private readonly code: CodeState,
    /** Null for `default`. */
    private readonly environment: string | null = null,
  ) {}

  async run(isDryRun: boolean): Promise<void> {
    const calls = splitPortions(this.code.prompts);
    // Each call is all or nothing. With several calls, a dry run first finds what would stop a later one halfway.
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

  /** Skips prompts that are now in full mode. */
  private async send(prompts: readonly CodePrompt[], isDryRun: boolean): Promise<void> {
    const left = prompts.filter(({ name }) => !this.inFullMode.includes(name));
    if (left.length === 0) return;
    try {
      const { registered } = await this.ledger.tracking.register(this.toRequest(left, isDryRun));
      this.registered.push(...registered.map((entry, index) => withPlace(entry, left[index])));
    } catch (error) {
      const full = listFullMode(error).flatMap((index) => left[index]?.name ?? []);
      if (full.length === 0) throw error;
      this.inFullMode.push(...full);
      await this.send(left, isDryRun);
    }
  }

  private toRequest(prompts: readonly CodePrompt[], isDryRun: boolean) {
    return {
      prompts: prompts.map(({ name, content, description, ownerTeam, tags, file, line }) => ({
        name,
        ...contentFields(content),
        ...(description === undefined ? {} : { description }),
        ...(ownerTeam === undefined ? {} : { owner_team: ownerTeam }),
        ...(tags === undefined ? {} : { tags }),
        source: { file, line },
      })),
      git: this.code.git,
      ...(this.environment === null ? {} : { environment: this.environment }),
      dry_run: isDryRun,
    };
  }
}

function withPlace({ mode: _, ...registered }: RegisteredPrompt, prompt: CodePrompt | undefined): Registered {
  const { file = '', line = 1 } = prompt ?? {};
  return { ...registered, file, line };
}

/** Lists which prompts of a refused call are in full mode. */
function listFullMode(error: unknown): number[] {
  if (!(error instanceof BadRequestError) || error.code !== 'PROMPT_MODE_MISMATCH') return [];
  const pointers = (error.problem?.errors ?? []).map(({ pointer }) => /^\/prompts\/(\d+)/.exec(pointer)?.[1]);
  return pointers.flatMap((index) => (index === undefined ? [] : [Number(index)]));
}

function splitPortions(prompts: readonly CodePrompt[]): CodePrompt[][] {
  const portions: CodePrompt[][] = [];
  let chars = Infinity;
  for (const prompt of prompts) {
    const last = portions.at(-1);
    const size = countChars(prompt);
    chars += size;
    if (last === undefined || last.length === PROMPTS_A_CALL || chars > CHARS_A_CALL) {
      portions.push([prompt]);
      chars = size;
    } else {
      last.push(prompt);
    }
  }
  return portions;
}

function countChars({ content, description }: CodePrompt): number {
  const texts =
    content.kind === 'text' ? [content.templateSource] : content.messages.map((each) => each.content);
  return texts.reduce((sum, text) => sum + text.length, description?.length ?? 0);
}
