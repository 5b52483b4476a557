/** A mistake at an offset in a template. The renderer turns it into a `TemplateInvalidError`. */
export class TemplateProblem extends Error {
  constructor(
    problem: string,
    readonly offset: number,
  ) {
    super(problem);
    this.name = 'TemplateProblem';
  }
}
