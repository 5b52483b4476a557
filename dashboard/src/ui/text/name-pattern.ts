/** The names that prompts and snippets may have. */
export const NAME_PATTERN = /^[\w.\-/]{1,200}$/;
