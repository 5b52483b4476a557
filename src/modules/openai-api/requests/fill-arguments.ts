/** Returns the arguments of a tool call as JSON, which OpenAI's clients parse even for a tool without arguments. */
export function fillArguments(text: string): string {
  return text.trim() === '' ? '{}' : text;
}
