/** Whether an answer fits the schema that it was asked for by. */
export type OutputCheck =
  | { readonly valid: true }
  | {
      readonly valid: false;
      /** The place of the first fault: a JSON pointer into the answer, empty for the whole of it. */
      readonly pointer: string;
      readonly message: string;
    };
