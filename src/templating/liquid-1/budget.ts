/** The limits of a render. Every piece of work is paid for before it runs, in steps that depend only on the input. */
export interface Budget {
  /** @throws TemplateProblem when the budget is used up. */
  spend(steps: number): void;
  /** Pays for text that the engine copies, compares or searches as a whole. */
  spendText(chars: number): void;
  /** Pays for text that is examined character by character. */
  spendChars(chars: number): void;
}
