/** A refusal by the service of calls that bypass the client: signing in and out. */
export class ServiceProblem extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}
