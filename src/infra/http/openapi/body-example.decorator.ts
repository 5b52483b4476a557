import { ApiExtension } from '@nestjs/swagger';

/** Where the example stands until the document is built: Nest keeps extensions of an operation as they are. */
export const BODY_EXAMPLE = 'x-body-example';

/**
 * What the explorer fills in as the body of a route. Without it the explorer puts the examples of all properties together,
 * and of those some exclude each other. It has to work as it stands; a test sends the examples of all routes.
 */
export function ApiBodyExample(body: Readonly<Record<string, unknown>>): MethodDecorator {
  return ApiExtension(BODY_EXAMPLE, body);
}
