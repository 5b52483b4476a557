import type { UnitKeyHasher } from '../../../bucketing/index.js';
import { type RunInEnvironment, TemplateHashMismatchError } from '../../prompts/index.js';
import { type AdmittedPrompt, DEFAULT_ENVIRONMENT, type RequestToAdmit } from './execution-request.js';
import { storedArm } from './stored-arm.js';

export function chooseEnvironment(request: RequestToAdmit): string {
  return request.environment ?? DEFAULT_ENVIRONMENT;
}

/** @param hasher see {@link storedArm}. @throws TemplateHashMismatchError `TEMPLATE_HASH_MISMATCH` */
export function admittedPrompt(
  request: RequestToAdmit,
  { version, compiled, promptRevision, resolvedBy, arm }: RunInEnvironment,
  fresh: boolean,
  projectId: string,
  hasher: UnitKeyHasher | null,
): AdmittedPrompt {
  const { prompt_name: name = '', version_number: number = null, template_hash: hash = null } = request;
  if (hash !== null && number !== null && version.versionNumber !== number) {
    throw TemplateHashMismatchError.ofVersion(name, number);
  }
  const revision = fresh ? null : promptRevision;
  if (arm === null) return { name, version, compiled, revision, resolvedBy, rollout: null, arm };
  const stored = storedArm(arm, projectId, request.unit_key ?? null, hasher);
  return { name, version, compiled, revision, resolvedBy, rollout: arm.rollout, arm: stored };
}
