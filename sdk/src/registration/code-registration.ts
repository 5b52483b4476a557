import type { CodePrompts } from './code-registry.js';
import { BadRequestError } from '../core/index.js';
import type { TrackingResource } from '../resources/index.js';
import type { CodePrompt, GitFacts, RegisteredPrompt, SourceLocation } from '../wire/index.js';

export interface RegisterOptions {
  readonly git?: GitFacts | undefined;
  /** The environment whose pointers follow the code. Default: `default`, whose pointer is the active version. */
  readonly environment?: string | undefined;
  /** Report what would happen without writing anything. */
  readonly dryRun?: boolean | undefined;
  /** The place of each prompt in the code, by name. */
  readonly source?: Readonly<Record<string, SourceLocation>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Registration {
  /** In the order of the names. */
  readonly registered: readonly RegisteredPrompt[];
  /** Names of skipped prompts, which have moved to the ledger. */
  readonly skipped: readonly string[];
}

/** The limit on the wire. */
const MAX_PROMPTS = 1_000;

/** Registers prompts of the code. Skips those that moved to full mode, so that older code still starts. */
export async function registerCode(
  tracking: TrackingResource,
  code: CodePrompts,
  names: readonly string[],
  options: RegisterOptions,
): Promise<Registration> {
  const prompts = [...new Set(names)].map((name): CodePrompt => {
    const source = options.source?.[name];
    return { name, template_source: code.get(name), ...(source === undefined ? {} : { source }) };
  });
  const registered: RegisteredPrompt[] = [];
  const skipped: string[] = [];
  // An empty list is sent too, so that the ledger reports the fault.
  for (let start = 0; start === 0 || start < prompts.length; start += MAX_PROMPTS) {
    const part = await registerPart(tracking, prompts.slice(start, start + MAX_PROMPTS), options);
    registered.push(...part.registered);
    skipped.push(...part.skipped);
  }
  return { registered, skipped };
}

async function registerPart(
  tracking: TrackingResource,
  prompts: readonly CodePrompt[],
  { git, environment, dryRun, signal }: RegisterOptions,
): Promise<Registration> {
  const skipped: string[] = [];
  let rest = prompts;
  for (;;) {
    try {
      const request = { prompts: rest, git, environment, dry_run: dryRun };
      const { registered } = await tracking.register(request, { signal });
      return { registered, skipped };
    } catch (error) {
      const moved = movedToFullMode(error);
      const next = rest.filter((_, index) => !moved.has(index));
      // More prompts may move between two tries, so this repeats until none is named. Each round has fewer prompts.
      if (next.length === rest.length) throw error;
      skipped.push(...rest.filter((_, index) => moved.has(index)).map(({ name }) => name));
      if (next.length === 0) return { registered: [], skipped };
      rest = next;
    }
  }
}

/** Returns the indexes of the prompts that a refusal names because of their mode. */
function movedToFullMode(error: unknown): Set<number> {
  if (!(error instanceof BadRequestError) || error.code !== 'PROMPT_MODE_MISMATCH') return new Set();
  const pointers = (error.problem?.errors ?? []).map(
    ({ pointer }) => /^\/prompts\/(\d+)(?:\/|$)/.exec(pointer)?.[1],
  );
  return new Set(pointers.filter((index) => index !== undefined).map(Number));
}
