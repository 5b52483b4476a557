import { compilePattern } from '../checks/find-pattern.js';
import { findSchemaProblem } from '../checks/matches-schema.js';
import { runCheck } from '../checks/run-check.js';
import type { CheckDefinition, CodeDefinition } from '../scorer-definition.js';
import type { Finding, ScoringError } from '../verdict.js';
import { findCodeProblem, runCode } from './run-code.js';
import type { DefinitionProblem, SandboxJob } from './sandbox-job.js';

/** Does a job in the current thread. @throws what WebAssembly throws for code that broke the engine. */
export async function performJob(
  job: SandboxJob,
): Promise<Finding | ScoringError | DefinitionProblem | null> {
  switch (job.kind) {
    case 'check':
      return runCheck(job.definition, job.answer);
    case 'code':
      return runCode(job.source, job.inputJson);
    case 'inspect':
      return inspect(job.definition);
  }
}

async function inspect(definition: CheckDefinition | CodeDefinition): Promise<DefinitionProblem | null> {
  if (definition.kind === 'code') {
    const message = await findCodeProblem(definition.source);
    return message === null ? null : { pointer: '/source', message };
  }
  const { check, valueJson } = definition;
  if (valueJson === null) return null;
  if (check === 'json_schema') return findSchemaProblem(valueJson);
  if (check !== 'regex') return null;
  const compiled = compilePattern(JSON.parse(valueJson) as string);
  return typeof compiled === 'string' ? { pointer: '/value', message: compiled } : null;
}
