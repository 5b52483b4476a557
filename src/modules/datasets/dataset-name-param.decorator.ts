import { ApiParam } from '@nestjs/swagger';

/** Documents the path parameter `{name}`. */
export const DatasetNameParam = () =>
  ApiParam({
    name: 'name',
    description:
      'Name of the dataset: 1 to 200 characters of letters, digits, "_", "-", "." and "/". A slash in it is sent as `%2F`.',
    example: 'tickets',
  });
