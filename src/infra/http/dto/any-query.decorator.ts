import { SetMetadata } from '@nestjs/common';

export const ANY_QUERY = 'any-query';

/**
 * Method or class decorator that ignores undeclared query parameters. It is for routes that monitors, identity providers and clients of
 * other protocols call, because these add their own parameters.
 */
export const AnyQuery = (): MethodDecorator & ClassDecorator => SetMetadata(ANY_QUERY, true);
