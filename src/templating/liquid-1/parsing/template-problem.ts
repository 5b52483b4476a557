/** A mistake in a template, at an offset in it; the renderer turns it into a `TemplateInvalidError`. */
export class TemplateProblem extends Error {
  constructor(
    problem: string,
    readonly offset: number,
  ) {
    super(problem);
    this.name = 'TemplateProblem';
  }
}
