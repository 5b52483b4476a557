import { isDeepStrictEqual } from 'node:util';
import { LineCounter, parseDocument } from 'yaml';
import {
  endSentence,
  holdsKeptText,
  parseJson,
  PROMPT_NAME,
  PROMPT_NAME_RULE,
  ValidationError,
} from '../../kernel/index.js';
import { type ChatMessage, type PromptContent, readContentExtras } from '../../templating/index.js';
import { compileSchema } from '../../json-schema/index.js';
import { type PromptFile, PromptFileError, type PromptFileMode } from './prompt-file.js';
import { yamlToJson } from './yaml-to-json.js';

const OPENING = /^\uFEFF?---[ \t]*\r?\n/;
/** Only after a line feed: U+2028 in a text does not begin a line. */
const CLOSING = /(?:^|(?<=\n))---[ \t]*(?:\r?\n|$)/;

/** Members that an export adds for its readers. An import ignores them. */
const INFORMATION = ['version_number', 'checksum_hash'];
const EXTRAS = ['tools', 'tool_choice', 'parallel_tool_calls', 'response_format', 'variables_schema'];
const KNOWN = ['name', 'description', 'owner_team', 'tags', 'mode', 'messages', ...EXTRAS, ...INFORMATION];
const MODES: readonly unknown[] = ['full', 'tracking'];
const ROLES: readonly unknown[] = ['system', 'user', 'assistant'];
/** The API's limits for the fields. */
const LIMITS = { description: 10_000, owner_team: 200, tag: 100, tags: 100, messages: 1000 };

/**
 * Reads a prompt file. Without front matter the whole file is the text. Removes exactly one line feed from the end of the text, because an
 * export adds exactly one, and keeps everything else.
 * @throws PromptFileError
 */
export function parsePromptFile(source: string): PromptFile {
  const opening = OPENING.exec(source);
  if (opening === null) return { name: null, mode: null, content: textContent(source), line: 1 };
  const rest = source.slice(opening[0].length);
  const closing = CLOSING.exec(rest);
  if (closing === null)
    throw new PromptFileError(1, 'The front matter has no end: a line with --- and nothing else.');
  const head = rest.slice(0, closing.index);
  const body = rest.slice(closing.index + closing[0].length);
  const line = 3 + (head.match(/\n/g)?.length ?? 0);
  return new FrontMatter(head).toPromptFile(body, line);
}

function textContent(body: string): PromptContent {
  return { kind: 'text', templateSource: body.endsWith('\n') ? body.slice(0, -1) : body };
}

class FrontMatter {
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(head: string) {
    const lines = new LineCounter();
    const document = parseDocument(head, { lineCounter: lines, prettyErrors: false });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) {
      const line = lines.linePos(problem.pos[0]).line + 1;
      throw new PromptFileError(line, `The front matter is not valid YAML: ${endSentence(problem.message)}`);
    }
    const fields: unknown = readDocument(document);
    if (fields !== null && !isRecord(fields))
      fail('The front matter must be fields such as "name: welcome".');
    this.fields = withExactExtras(fields ?? {}, document);
    const unknown = Object.keys(this.fields).find((field) => !KNOWN.includes(field));
    if (unknown !== undefined)
      fail(`The front matter has an unknown field "${unknown}"; known are ${KNOWN.join(', ')}.`);
  }

  toPromptFile(body: string, line: number): PromptFile {
    const messages = this.messages();
    if (messages !== null && body.trim() !== '') {
      throw new PromptFileError(
        line,
        'A prompt is either the text below the front matter or its messages, not both.',
      );
    }
    const { tags } = this;
    return {
      name: this.name(),
      ...this.optionalText('description', 'description'),
      ...this.optionalText('owner_team', 'ownerTeam'),
      ...(tags === undefined ? {} : { tags }),
      mode: this.mode(),
      content: {
        ...(messages === null ? textContent(body) : { kind: 'chat', messages }),
        ...this.extras(),
      },
      line: messages === null ? line : 1,
    };
  }

  private name(): string | null {
    const { name } = this.fields;
    if (name == null) return null;
    if (typeof name !== 'string' || !PROMPT_NAME.test(name)) return fail(`name ${PROMPT_NAME_RULE}.`);
    return name;
  }

  private mode(): PromptFileMode | null {
    const { mode } = this.fields;
    if (mode == null) return null;
    return MODES.includes(mode) ? (mode as PromptFileMode) : fail('mode must be full or tracking.');
  }

  private optionalText(
    field: 'description' | 'owner_team',
    property: 'description' | 'ownerTeam',
  ): Partial<PromptFile> {
    const value = this.fields[field];
    if (value === undefined) return {};
    if (value !== null && typeof value !== 'string') return fail(`${field} must be text.`);
    const longest = LIMITS[field];
    if (value !== null && value.length > longest)
      return fail(`${field} has more than ${longest} characters.`);
    return { [property]: value };
  }

  private get tags(): readonly string[] | undefined {
    const { tags } = this.fields;
    if (tags == null) return undefined;
    const isTag = (tag: unknown) => typeof tag === 'string' && tag.length > 0 && tag.length <= LIMITS.tag;
    if (!Array.isArray(tags) || !tags.every(isTag) || tags.length > LIMITS.tags) {
      return fail(`tags must be a list of up to ${LIMITS.tags} words of up to ${LIMITS.tag} characters.`);
    }
    if (new Set(tags).size < tags.length) return fail('tags has a word twice.');
    return tags as string[];
  }

  /** Follows the rules of the API. */
  private extras(): Pick<PromptContent, 'extras'> {
    try {
      const extras = readContentExtras(this.fields);
      const schema = extras?.variablesSchema;
      if (schema !== undefined) compileSchema(schema, '/variables_schema');
      return extras === null ? {} : { extras };
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      const { pointer, message } = error.errors?.[0] ?? { pointer: '', message: error.message };
      return fail(`${pointer.slice(1)} ${message}.`);
    }
  }

  private messages(): readonly ChatMessage[] | null {
    const { messages } = this.fields;
    if (messages == null) return null;
    if (!Array.isArray(messages) || messages.length === 0 || messages.length > LIMITS.messages) {
      return fail(`messages must be a list of 1 to ${LIMITS.messages} messages.`);
    }
    return messages.map((message: unknown, index) => {
      const isMessage =
        isRecord(message) &&
        ROLES.includes(message['role']) &&
        typeof message['content'] === 'string' &&
        Object.keys(message).length === 2;
      if (!isMessage) {
        return fail(
          `messages[${index}] must be a role (system, user or assistant) and a content, both text.`,
        );
      }
      return { role: message['role'], content: message['content'] } as ChatMessage;
    });
  }
}

function readDocument(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Fails for example for aliases that expand without end.
    return fail(`The front matter is not valid YAML: ${endSentence((error as Error).message)}`);
  }
}

/** Reads schemas with the numbers and the order of keys in the file. */
function withExactExtras(
  fields: Readonly<Record<string, unknown>>,
  document: ReturnType<typeof parseDocument>,
): Readonly<Record<string, unknown>> {
  const exact = EXTRAS.filter((name) => isRecord(fields[name]) || Array.isArray(fields[name])).map((name) => {
    const value = fields[name];
    const text = yamlToJson(document.get(name, true), document);
    const parsed = text === null ? value : parseJson(text);
    return [name, holdsKeptText(parsed) && isDeepStrictEqual(parsed, value) ? parsed : value] as const;
  });
  return { ...fields, ...Object.fromEntries(exact) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(message: string): never {
  throw new PromptFileError(1, message);
}
