import { ValidationError } from '../../../kernel/index.js';
import type { UnsavedContentDto, UnsavedContents } from '../../prompts/index.js';
import type { RequestToAdmit } from './execution-request.js';

/**
 * A request that brings a content of its own, as a call that runs no prompt.
 * @throws ValidationError `VALIDATION_FAILED` for a prompt beside it, and for what `UnsavedContents` refuses.
 * @throws TemplateInvalidError `TEMPLATE_INVALID`
 */
export async function toBareCall(
  projectId: string,
  { content, ...request }: RequestToAdmit,
  contents: UnsavedContents,
): Promise<RequestToAdmit> {
  const misplaced = (['prompt_name', 'version_number'] as const).filter(
    (member) => (request[member] ?? null) !== null,
  );
  if (misplaced.length > 0) {
    throw new ValidationError(
      'Send either content, or the prompt and the version to run.',
      misplaced.map((member) => ({ pointer: `/${member}`, message: 'does not go with content' })),
    );
  }
  const read = await contents.read(projectId, content as UnsavedContentDto);
  return { ...request, bare: { messages: [], extras: read.extras, content: read } };
}
