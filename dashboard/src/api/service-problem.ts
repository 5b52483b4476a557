/** A refusal of the service outside of the client: signing in and out. */
export class ServiceProblem extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}
