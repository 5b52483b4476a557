import { ValidationError } from '../../kernel/index.js';
import { type PromptContent, readContentExtras } from '../../templating/index.js';
import type { UnsavedContentDto } from './prompts.dto.js';

/**
 * Reads the content of a request that puts a prompt.
 * @throws ValidationError `VALIDATION_FAILED` unless there is exactly one content, and for tools or a format that are not valid.
 */
export function readPutContent(request: UnsavedContentDto): PromptContent {
  const templates = templatesOfRequest(request);
  const extras = readContentExtras(request);
  return extras === null ? templates : { ...templates, extras };
}

function templatesOfRequest({ template_source: templateSource, messages }: UnsavedContentDto): PromptContent {
  if (templateSource !== undefined && messages === undefined) return { kind: 'text', templateSource };
  if (messages !== undefined && templateSource === undefined) return { kind: 'chat', messages };
  throw new ValidationError('Send exactly one of template_source and messages.', [
    { pointer: '', message: 'must have exactly one of template_source and messages' },
  ]);
}
