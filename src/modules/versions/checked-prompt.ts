import type { CompiledSchema } from '../../json-schema/index.js';
import type { Steps } from '../../kernel/index.js';
import type { CompiledPrompt, RenderedPrompt, RenderOptions } from '../../templating/index.js';
import { VariablesInvalidError } from './errors.js';

type Variables = Readonly<Record<string, unknown>>;

/** Returns the prompt without the check, for variables that were already checked and may since be masked. */
export function withoutCheck(prompt: CompiledPrompt): CompiledPrompt {
  return prompt instanceof CheckedPrompt ? prompt.prompt : prompt;
}

/** A prompt that renders only variables that match its schema. One without a schema is not wrapped, and pays nothing. */
export class CheckedPrompt implements CompiledPrompt {
  constructor(
    readonly prompt: CompiledPrompt,
    private readonly schema: CompiledSchema,
  ) {}

  get variables(): readonly string[] {
    return this.prompt.variables;
  }

  /** @throws VariablesInvalidError `VARIABLES_INVALID` before any other error. */
  render(variables: Variables, options?: RenderOptions): RenderedPrompt {
    this.assertFit(variables);
    return this.prompt.render(variables, options);
  }

  *renderInSteps(variables: Variables, options?: RenderOptions): Steps<RenderedPrompt> {
    this.assertFit(variables);
    return yield* this.prompt.renderInSteps(variables, options);
  }

  private assertFit(variables: Variables): void {
    const violations = this.schema.validate(variables, '/variables');
    if (violations.length > 0) throw new VariablesInvalidError(violations);
  }
}
