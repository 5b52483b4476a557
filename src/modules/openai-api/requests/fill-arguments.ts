/** The arguments of a call of a tool as OpenAI's clients parse them: JSON, also where the tool takes none. */
export function fillArguments(text: string): string {
  return text.trim() === '' ? '{}' : text;
}
