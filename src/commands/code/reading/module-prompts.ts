import type { CodeProblem, CodePrompt, FileContents } from '../code-prompt.js';
import { CodeModule } from './code-module.js';
import { readDescribedPrompt } from './described-prompt.js';
import type { OpenModule } from './imported-module.js';
import {
  holdsText,
  type StaticMember,
  type StaticMembers,
  type StaticValue,
  UnreadableError,
} from './static-values.js';

/** Opens no other files, so that imported values cannot be read. */
const ALONE: OpenModule = () => null;

/**
 * Reads the prompts of a module: its exports that are texts or lists of messages (under the export's name), and such members of exported
 * objects, enums, classes, namespaces and Maps (under the member's name). It reads the syntax and runs nothing. A possible prompt that
 * cannot be read is a problem. Values that cannot be prompts (functions, numbers, types) are skipped.
 *
 * @param file the name to report
 * @param open finds the files that it imports
 */
export function readModulePrompts(file: string, source: string, open: OpenModule = ALONE): FileContents {
  try {
    return promptsOfModule(new CodeModule(file, source, open));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { prompts: [], problems: [syntaxProblem(file, error)] };
  }
}

export function syntaxProblem(file: string, error: SyntaxError): CodeProblem {
  const { loc } = error as { loc?: { line: number } };
  return {
    file,
    line: loc?.line ?? 1,
    message: `it does not parse: ${error.message.replace(/ \(\d+:\d+\)$/, '')}`,
  };
}

export function promptsOfModule(module: CodeModule): FileContents {
  const contents = new ModuleContents();
  for (const { name, ...member } of module.exports) contents.readExport(name, member);
  return { prompts: contents.prompts, problems: [...module.problems, ...contents.problems] };
}

class ModuleContents {
  readonly prompts: CodePrompt[] = [];
  readonly problems: CodeProblem[] = [];

  readExport(name: string, member: StaticMember): void {
    this.attempt(name === 'default' ? 'The export' : name, member, (value) => {
      if (value.kind === 'object' && readDescribedPrompt(value.members) === null) {
        return this.readMembers(value.members);
      }
      if (name !== 'default') return this.readPrompt(name, member, value);
      if (holdsText(value))
        this.complain(member, 'A default export is not a prompt: export it under its name');
    });
  }

  private readMembers(members: StaticMembers): void {
    for (const [key, member] of members) {
      if (member.isPrivate === true) continue;
      this.attempt(key, member, (value) => this.readPrompt(key, member, value));
    }
  }

  /** Adds a text or messages under a name. Checks any other value only for holding no text. */
  private readPrompt(name: string, { file, line }: StaticMember, value: StaticValue): void {
    const place = { file, line };
    if (value.kind === 'text') {
      this.prompts.push({ name, content: { kind: 'text', templateSource: value.text }, ...place });
    } else if (value.kind === 'list') {
      const described = readDescribedPrompt(new Map([['messages', { ...place, value: () => value }]]));
      if (described !== null) this.prompts.push({ name, ...described, ...place });
      else if (holdsText(value)) {
        this.complain(
          place,
          `${name} cannot be read: texts in a list have no name, give each one a name in an object`,
        );
      }
    } else if (value.kind === 'object') {
      const described = readDescribedPrompt(value.members);
      if (described !== null) this.prompts.push({ name, ...described, ...place });
      else if (holdsText(value)) {
        this.complain(
          place,
          `${name} cannot be read: prompts in objects in objects have no name, export ${name} itself`,
        );
      }
    }
  }

  private attempt(what: string, member: StaticMember, read: (value: StaticValue) => void): void {
    try {
      read(member.value());
    } catch (error) {
      if (error instanceof RangeError) {
        return this.complain(member, `${what} cannot be read: it has too many parts in one another`);
      }
      if (!(error instanceof UnreadableError)) throw error;
      const { file, line } = error.place;
      const isHere = file === member.file && line === member.line;
      const where = isHere ? '' : file === member.file ? ` (line ${line})` : ` (${file}:${line})`;
      this.complain(member, `${what} cannot be read: ${error.message}${where}`);
    }
  }

  private complain({ file, line }: { file: string; line: number }, message: string): void {
    this.problems.push({ file, line, message });
  }
}
