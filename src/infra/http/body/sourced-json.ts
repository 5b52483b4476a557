import { writeJson } from '../../../kernel/index.js';

/**
 * An answer with members that are already JSON texts and are sent unchanged. Parsing and rewriting them would lose large numbers and the
 * order of keys.
 */
export class SourcedJson {
  /** @param sources valid JSON texts by member name. */
  constructor(
    private readonly value: Readonly<Record<string, unknown>>,
    private readonly sources: Readonly<Record<string, string>>,
  ) {}

  toText(): string {
    const members = Object.entries(this.value)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${JSON.stringify(name)}:${writeJson(value)}`);
    const sourced = Object.entries(this.sources).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
    return `{${[...members, ...sourced].join(',')}}`;
  }
}
