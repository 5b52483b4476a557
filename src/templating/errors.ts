import { LedgerError } from '../kernel/index.js';
import { jsonPointer } from './content/json-pointer.js';

/** The most names in `detail`; `errors` has them all. */
const NAMES_IN_DETAIL = 20;

export interface TemplatePosition {
  /** Counts from 1. */
  readonly line: number;
  /** Counts from 1, in UTF-16 units. */
  readonly column: number;
}

/** 422 `TEMPLATE_INVALID`: the template does not parse, uses a forbidden feature, or does too much work. */
export class TemplateInvalidError extends LedgerError {
  constructor(problem: string, pointer: string, { line, column }: TemplatePosition) {
    super({
      code: 'TEMPLATE_INVALID',
      status: 422,
      title: 'The template is not valid',
      detail: `Correct the template at line ${line}, column ${column}: ${problem}.`,
      errors: [{ pointer, message: `line ${line}, column ${column}: ${problem}` }],
      extensions: { line, column },
    });
  }
}

/** 422 `TEMPLATE_VARIABLES_MISSING`: `errors` has a pointer such as `/variables/user/name` for each absent one. */
export class TemplateVariablesMissingError extends LedgerError {
  /** @param missing the path of each absent variable, such as `['user', 'name']`, in order of appearance. */
  constructor(missing: readonly (readonly string[])[]) {
    const names = missing.slice(0, NAMES_IN_DETAIL).map((path) => path.join('.'));
    const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : '';
    super({
      code: 'TEMPLATE_VARIABLES_MISSING',
      status: 422,
      title: 'Variables of the template are missing',
      detail: `Send a value (null for none) for: ${names.join(', ')}${more}.`,
      errors: missing.map((path) => ({
        pointer: jsonPointer(['variables', ...path]),
        message: 'is missing',
      })),
    });
  }
}

/** 413 `RENDERED_PROMPT_TOO_LARGE`: nothing was sent to a provider. */
export class RenderedPromptTooLargeError extends LedgerError {
  constructor(maxRenderedBytes: number) {
    super({
      code: 'RENDERED_PROMPT_TOO_LARGE',
      status: 413,
      title: 'The rendered prompt is too large',
      detail: `Shorten the template or its variables: the rendered prompt is over ${maxRenderedBytes} bytes of UTF-8.`,
      extensions: { max_rendered_bytes: maxRenderedBytes },
    });
  }
}
