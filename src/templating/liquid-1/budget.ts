/** The bounds of a render. Every piece of work is paid for before it is done, in steps that depend on the input only. */
export interface Budget {
  /** @throws TemplateProblem when the budget is used up. */
  spend(steps: number): void;
  /** Counts text that the engine copies, compares or searches as a whole. */
  spendText(chars: number): void;
  /** Counts text that is looked at character by character. */
  spendChars(chars: number): void;
}
