import { ApiParam } from '@nestjs/swagger';

/** Documents the environment in a path. */
export const EnvironmentParam = (name: string, example: string) =>
  ApiParam({
    name,
    description: 'The label of executions, 1 to 100 characters. A slash in it is sent as `%2F`.',
    example,
  });
