/** A refusal that does not come through the client: of signing in and out, or by the dashboard itself. */
export class ServiceProblem extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** Describes that a name is taken. Putting the thing all the same would add a version to the one that has the name. */
export function nameTaken(kind: 'prompt' | 'scorer' | 'snippet', name: string): ServiceProblem {
  return new ServiceProblem(
    'NAME_TAKEN',
    `There is a ${kind} ${name} already. Choose another name, or open that one.`,
  );
}
