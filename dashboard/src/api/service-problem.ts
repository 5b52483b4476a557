/** A refusal that does not come through the client: of signing in and out, or by the dashboard itself. */
export class ServiceProblem extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** Returns the problem of a name that is taken. Putting the new thing anyway would add a version to the existing one. */
export function nameTaken(kind: 'prompt' | 'scorer' | 'snippet', name: string): ServiceProblem {
  return new ServiceProblem(
    'NAME_TAKEN',
    `There is a ${kind} ${name} already. Choose another name, or open that one.`,
  );
}
