import { isDeepStrictEqual } from 'node:util';
import { type ScalarTag, stringify, type ToStringOptions } from 'yaml';
import { ExactNumber, parseExact, writeJson } from '../../kernel/index.js';
import { type PromptContent, toWireExtras } from '../../templating/index.js';
import { parsePromptFile } from './parse-prompt-file.js';
import type { PromptFileMode } from './prompt-file.js';

/** The prompt that an export writes. */
export interface ExportedPrompt {
  readonly name: string;
  readonly description: string | null;
  readonly ownerTeam: string | null;
  readonly tags: readonly string[];
  readonly mode: PromptFileMode;
  readonly versionNumber: number;
  readonly checksumHash: string;
  readonly content: PromptContent;
}

/**
 * Styles of YAML to try: first as people write it, then with quoted values where that would not be read back unchanged, and last with
 * quoted keys as well, because keys are field names except in schemas.
 */
const STYLES: readonly ToStringOptions[] = [
  { lineWidth: 0 },
  { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' },
  { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' },
];

/**
 * Writes the file of a prompt, from which {@link parsePromptFile} reads exactly the same content. The same prompt gives the same bytes,
 * so that a folder under version control changes only where prompts did.
 */
export function formatPromptFile(prompt: ExportedPrompt): string {
  const files = STYLES.map((style) => () => format(prompt, style));
  for (const file of files) {
    const text = file();
    if (holds(text, prompt)) return text;
  }
  throw new Error(`Prompt "${prompt.name}" cannot be written as a file.`);
}

function format(prompt: ExportedPrompt, style: ToStringOptions): string {
  const { name, description, ownerTeam, tags, mode, versionNumber, checksumHash, content } = prompt;
  const fields = {
    name,
    ...(description === null ? {} : { description }),
    ...(ownerTeam === null ? {} : { owner_team: ownerTeam }),
    ...(tags.length === 0 ? {} : { tags }),
    mode,
    ...(content.kind === 'chat'
      ? { messages: content.messages.map(({ role, content: text }) => ({ role, content: text })) }
      : {}),
    ...exactExtras(content),
  };
  const about = `# version ${versionNumber}, checksum ${checksumHash}`;
  const body = content.kind === 'text' ? `${content.templateSource}\n` : '';
  return `---\n${about}\n${stringify(fields, { ...style, customTags: [EXACT_NUMBER] })}---\n${body}`;
}

/** Maps keep the order of their keys, and exact numbers keep their text. */
function exactExtras({ extras }: PromptContent): Readonly<Record<string, unknown>> | null {
  const wire = toWireExtras(extras);
  if (wire === null) return null;
  return Object.fromEntries(parseExact(writeJson(wire)) as ReadonlyMap<string, unknown>);
}

/** Every JSON number is also a YAML number. */
const EXACT_NUMBER: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => value instanceof ExactNumber,
  resolve: (text) => text,
  stringify: ({ value }) => (value as ExactNumber).text,
};

function holds(text: string, { name, description, ownerTeam, tags, mode, content }: ExportedPrompt): boolean {
  try {
    const read = parsePromptFile(text);
    const isExact = writeJson(toWireExtras(read.content.extras)) === writeJson(toWireExtras(content.extras));
    return (
      isExact &&
      isDeepStrictEqual(
        [
          read.name,
          read.description ?? null,
          read.ownerTeam ?? null,
          read.tags ?? [],
          read.mode,
          read.content,
        ],
        [name, description, ownerTeam, [...tags], mode, content],
      )
    );
  } catch {
    return false;
  }
}
