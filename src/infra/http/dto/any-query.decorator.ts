import { SetMetadata } from '@nestjs/common';

export const ANY_QUERY = 'any-query';

/**
 * Method or class decorator: ignores query parameters that nobody declared. For routes that monitors, identity providers and clients
 * of other protocols call, which add parameters of their own.
 */
export const AnyQuery = (): MethodDecorator & ClassDecorator => SetMetadata(ANY_QUERY, true);
