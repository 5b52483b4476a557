import { Injectable } from '@nestjs/common';
import { heavyWork, writeJson } from '../../../kernel/index.js';
import type { DiffQueryDto, PromptDiffDto } from './diff.dto.js';
import { VersionsTooLongToCompareError } from '../errors.js';
import type { ChatMessageDto, VersionDto } from '../prompts.dto.js';
import { VersionReads } from '../reads/version-reads.js';
import { type DiffHunk, diffTexts } from './text-diff.js';

/** Compares two versions of a prompt. */
@Injectable()
export class DiffService {
  constructor(private readonly versions: VersionReads) {}

  /**
   * @throws PromptNotFoundError | VersionNotFoundError
   * @throws VersionsTooLongToCompareError `VERSIONS_TOO_LONG_TO_COMPARE`
   */
  async diff(projectId: string, name: string, query: DiffQueryDto): Promise<PromptDiffDto> {
    // One after the other: versions do not change, and a request holds at most one connection.
    const from = await this.versions.get(projectId, name, query.from);
    const to = await this.versions.get(projectId, name, query.to);
    const withExtras = [from, to].some(hasExtras);
    const { unified, hunks } = await heavyWork.run(() =>
      diffTexts(namedText(from, withExtras), namedText(to, withExtras)),
    );
    return {
      prompt_name: name,
      kind: from.messages === undefined ? 'text' : 'chat',
      from: { version_number: from.version_number, checksum_hash: from.checksum_hash },
      to: { version_number: to.version_number, checksum_hash: to.checksum_hash },
      identical: from.version_id === to.version_id,
      unified,
      hunks: hunks.map(hunkView),
    };
  }

  /**
   * Returns the unified diff of two versions by id, even if their prompt is deleted.
   * @param fromId null to diff against nothing, so that every line is new.
   * @returns null when the versions are too long to be compared.
   * @throws VersionNotFoundError `VERSION_NOT_FOUND`
   */
  async findUnified(projectId: string, fromId: string | null, toId: string): Promise<string | null> {
    const from = fromId === null ? null : await this.versions.getById(projectId, fromId);
    const to = await this.versions.getById(projectId, toId);
    const withExtras = [from, to].some((version) => version !== null && hasExtras(version));
    const fromText = from === null ? NOTHING : namedText(from, withExtras);
    try {
      return await heavyWork.run(() => diffTexts(fromText, namedText(to, withExtras)).unified);
    } catch (error) {
      if (error instanceof VersionsTooLongToCompareError) return null;
      throw error;
    }
  }
}

/** The name that patches use for a file that does not exist. */
const NOTHING = { name: '/dev/null', text: '' };

function hasExtras(version: VersionDto): boolean {
  return EXTRAS.some((member) => version[member] !== undefined);
}

/** @param withExtras whether either version has extras. If so, both templates end alike, or their last lines would differ. */
function namedText(version: VersionDto, withExtras: boolean): { name: string; text: string } {
  const { prompt_name: promptName, version_number: number, template_source: template, messages } = version;
  const text = template === undefined ? chatText(messages ?? []) : template + (withExtras ? '\n\n' : '');
  return { name: `${promptName} (version ${number})`, text: text + formatExtras(version) };
}

function chatText(messages: readonly ChatMessageDto[]): string {
  return messages.map(({ role, content }) => `[${role}]\n${content}\n\n`).join('');
}

const EXTRAS = [
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'variables_schema',
] as const;

function formatExtras(version: VersionDto): string {
  return EXTRAS.filter((member) => version[member] !== undefined)
    .map((member) => `[${member}]\n${writeJson(version[member], 2)}\n\n`)
    .join('');
}

function hunkView({
  oldStart,
  oldLines,
  newStart,
  newLines,
  lines,
}: DiffHunk): PromptDiffDto['hunks'][number] {
  return {
    old_start: oldStart,
    old_lines: oldLines,
    new_start: newStart,
    new_lines: newLines,
    lines: lines.map(({ type, text, oldLine, newLine }) => ({
      type,
      text,
      old_line: oldLine,
      new_line: newLine,
    })),
  };
}
