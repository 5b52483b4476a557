import { writeJson } from '../../../kernel/index.js';

/**
 * An answer with members that are JSON texts already, and go out as they are: parsed and written again, large numbers
 * and the order of keys would be lost.
 */
export class SourcedJson {
  /** @param sources by name of the member; each a valid JSON text. */
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
