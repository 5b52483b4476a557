import { ApiExtension } from '@nestjs/swagger';

/** The extension that holds the example until the document is built; Nest keeps extensions of an operation unchanged. */
export const BODY_EXAMPLE = 'x-body-example';

/**
 * Sets the body that the explorer fills in for a route. Without it the explorer combines the examples of all properties, some of which
 * exclude each other. The example has to work unchanged; a test sends all of them.
 */
export function ApiBodyExample(body: Readonly<Record<string, unknown>>): MethodDecorator {
  return ApiExtension(BODY_EXAMPLE, body);
}
