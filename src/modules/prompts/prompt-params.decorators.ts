import { ApiParam } from '@nestjs/swagger';

/** Documents `{name}` of a path. */
export const PromptNameParam = (example = 'doc_summarizer') =>
  ApiParam({
    name: 'name',
    description: 'Name of the prompt. A slash in it is sent as `%2F`.',
    example,
  });

/** Documents `{version_number}` of a path. */
export const VersionNumberParam = () =>
  ApiParam({
    name: 'version_number',
    description: 'Number of the version within the prompt.',
    schema: { type: 'integer', minimum: 1, example: 1 },
  });
