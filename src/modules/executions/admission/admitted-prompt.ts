import { type RunInEnvironment, TemplateHashMismatchError } from '../../prompts/index.js';
import { type AdmittedPrompt, DEFAULT_ENVIRONMENT, type RequestToAdmit } from './execution-request.js';

export function environmentOf(request: RequestToAdmit): string {
  return request.environment ?? DEFAULT_ENVIRONMENT;
}

/** @throws TemplateHashMismatchError `TEMPLATE_HASH_MISMATCH` */
export function admittedPrompt(
  request: RequestToAdmit,
  { version, compiled, promptRevision, resolvedBy }: RunInEnvironment,
  fresh: boolean,
): AdmittedPrompt {
  const { prompt_name: name = '', version_number: number = null, template_hash: hash = null } = request;
  if (hash !== null && number !== null && version.versionNumber !== number) {
    throw TemplateHashMismatchError.ofVersion(name, number);
  }
  const revision = fresh ? null : promptRevision;
  return { name, version, compiled, revision, resolvedBy };
}
