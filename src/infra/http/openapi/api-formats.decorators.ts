import { ApiProperty } from '@nestjs/swagger';

/** A property's TypeScript type says `string` or `number`; these decorators add the format to the document. */

/** One of our ids, a UUIDv7. */
export const ApiId = () => ApiProperty({ format: 'uuid' });

/** An RFC 3339 time in UTC, with milliseconds. */
export const ApiTime = () => ApiProperty({ format: 'date-time' });

export const ApiInteger = () => ApiProperty({ type: 'integer' });

/** Money is a decimal text, never a float. */
export const ApiMoney = (example = '0.0012345') =>
  ApiProperty({ type: 'string', nullable: true, pattern: '^[0-9]+(\\.[0-9]+)?$', example });
