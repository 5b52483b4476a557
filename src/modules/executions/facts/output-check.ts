/** Whether an answer matches the schema of its request. */
export type OutputCheck =
  | { readonly valid: true }
  | {
      readonly valid: false;
      /** A JSON pointer to the first fault in the answer; empty for the whole answer. */
      readonly pointer: string;
      readonly message: string;
    };
