import { type ErrorEntry, LedgerError, ValidationError } from '../../kernel/index.js';

export class NoPromptsError extends LedgerError {
  constructor() {
    super({
      code: 'NO_PROMPTS',
      status: 400,
      title: 'No prompts were sent',
      detail: 'No prompts provided; send at least one in "prompts".',
      errors: [{ pointer: '/prompts', message: 'must have at least one prompt' }],
    });
  }
}

/** A mistake in one of the prompts of a request. */
export interface Fault {
  /** The index of the prompt in the request. */
  readonly index: number;
  readonly error: LedgerError;
}

/** Refuses a request with the code of a single prompt, and lists every faulty one. */
export class PromptsRefusedError extends LedgerError {
  /** @param outcome what became of the request, such as `none was registered`. */
  constructor(first: LedgerError, errors: readonly ErrorEntry[], outcome: string) {
    super({
      code: first.code,
      status: first.status,
      title: first.title,
      detail: `Correct the prompts that "errors" lists; ${outcome}. ${first.message}`,
      errors,
      extensions: first.extensions,
    });
  }
}

/**
 * Reports all faults with the code of the first in one error.
 * @throws PromptsRefusedError unless there is no fault.
 */
export function refuseFaulty(faults: readonly Fault[], outcome: string): void {
  const [first] = faults;
  if (first === undefined) return;
  const errors = faults.filter(({ error }) => error.code === first.error.code).flatMap(errorsOfPrompt);
  throw new PromptsRefusedError(first.error, errors, outcome);
}

/** Lists the prompts whose name occurs earlier in the request. */
export function listDuplicates(prompts: readonly { readonly name: string }[]): Fault[] {
  const names = new Set<string>();
  return prompts.flatMap(({ name }, index) => {
    if (names.size < names.add(name).size) return [];
    const message = `Prompt "${name}" appears more than once; send each name once.`;
    return [{ index, error: new ValidationError(message, [{ pointer: '/name', message: 'is sent twice' }]) }];
  });
}

function errorsOfPrompt({ index, error }: Fault): ErrorEntry[] {
  const errors = error.errors ?? [{ pointer: '', message: error.message }];
  return errors.map(({ pointer, message }) => ({ pointer: `/prompts/${index}${pointer}`, message }));
}
