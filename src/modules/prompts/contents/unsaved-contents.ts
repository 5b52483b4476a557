import { Injectable } from '@nestjs/common';
import { heavyWork } from '../../../kernel/index.js';
import {
  computeChecksum,
  type CompiledPrompt,
  type ContentExtras,
  extrasOfWire,
} from '../../../templating/index.js';
import { SnippetPins } from '../../snippets/index.js';
import { VersionsService } from '../../versions/index.js';
import type { UnsavedContentDto } from '../prompts.dto.js';
import { readPutContent } from '../read-put-content.js';

/** Content that is not stored as a version, ready to be run. */
export interface UnsavedContent {
  readonly compiled: CompiledPrompt;
  readonly extras: ContentExtras | null;
  /** The templates as sent, in wire form. */
  readonly source: Readonly<Record<string, unknown>>;
}

/** Reads contents that a caller tries before saving them, by the same rules as versions. Stores nothing. */
@Injectable()
export class UnsavedContents {
  constructor(
    private readonly snippets: SnippetPins,
    private readonly versions: VersionsService,
  ) {}

  /**
   * @throws ValidationError `VALIDATION_FAILED` unless there is exactly one content, and for tools, a format or a schema that are
   *   not valid.
   * @throws TemplateInvalidError `TEMPLATE_INVALID`
   */
  async read(projectId: string, sent: UnsavedContentDto): Promise<UnsavedContent> {
    const read = await heavyWork.run(() => readPutContent(sent));
    const { content } = await this.snippets.pin(projectId, read);
    return heavyWork.run(() => {
      const version = this.versions.describe(content, computeChecksum(content));
      const extras = extrasOfWire(version.content);
      const { templateSource, messages } = version;
      return {
        compiled: this.versions.runnable({ ...version, extras }),
        extras,
        source: messages === null ? { template_source: templateSource } : { messages },
      };
    });
  }
}
