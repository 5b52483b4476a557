import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { heavyWork } from '../../../kernel/index.js';
import { PromptResolver } from '../reads/prompt-resolver.js';
import { renderedView } from '../reads/prompt-views.js';
import type { RenderedPromptDto, RenderPromptDto } from './render.dto.js';

/** Shows what a run would send, without running it. */
@Injectable()
export class RenderService {
  constructor(
    private readonly config: AppConfig,
    private readonly resolver: PromptResolver,
  ) {}

  /**
   * @throws PromptNotFoundError | VersionNotFoundError | NoActiveVersionError
   * @throws TemplateVariablesMissingError `TEMPLATE_VARIABLES_MISSING`
   * @throws RenderedPromptTooLargeError `RENDERED_PROMPT_TOO_LARGE`
   */
  async render(projectId: string, name: string, request: RenderPromptDto): Promise<RenderedPromptDto> {
    const { version, compiled } = await this.resolver.resolve(
      projectId,
      name,
      request.version_number ?? null,
    );
    const { MAX_RENDERED_PROMPT_BYTES: maxRenderedBytes } = this.config.env;
    const rendered = await heavyWork.runSteps(
      compiled.renderInSteps(request.variables ?? {}, { maxRenderedBytes }),
    );
    return {
      ...renderedView(rendered),
      version_number: version.versionNumber,
      checksum_hash: version.checksumHash,
    };
  }
}
