import { ApiProperty } from '@nestjs/swagger';

/** The type of a property says `string` or `number`; these say to the document what kind of one. */

/** An id of ours, a UUIDv7. */
export const ApiId = () => ApiProperty({ format: 'uuid' });

/** RFC 3339 in UTC, with milliseconds. */
export const ApiTime = () => ApiProperty({ format: 'date-time' });

export const ApiInteger = () => ApiProperty({ type: 'integer' });

/** Money is a decimal text, never a float. */
export const ApiMoney = (example = '0.0012345') =>
  ApiProperty({ type: 'string', nullable: true, pattern: '^[0-9]+(\\.[0-9]+)?$', example });
