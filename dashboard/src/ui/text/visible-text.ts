/** Invisible characters, and those that reorder or colour the text around them. Tabs and line breaks are ordinary text. */
const HIDDEN =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\r(?!\n)|[\u{e0000}-\u{e007f}]/gu;

/** Returns a text with its hidden characters made visible: bidi marks, zero-width characters, ANSI sequences. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (found) => {
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `\u27e8U+${code}\u27e9`;
  });
}
