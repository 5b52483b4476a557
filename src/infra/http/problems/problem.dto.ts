import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** Documentation only: an entry of `errors`. */
export class ProblemEntryDto {
  @ApiProperty({
    type: String,
    description:
      'RFC 6901 JSON pointer to what is wrong in the body, or to a query or path parameter; "" is the whole.',
    example: '/variables/text',
  })
  pointer!: string;

  @ApiProperty({ type: String, description: 'What is wrong with it.', example: 'must be a string' })
  message!: string;
}

/** Documentation only: the body of every answer with a status of 400 or above (RFC 9457). */
export class ProblemDto {
  @ApiProperty({
    type: String,
    format: 'uri-reference',
    description: 'Where the code is explained: cause and cure.',
    example: '/docs/errors#VALIDATION_FAILED',
  })
  type!: string;

  @ApiProperty({
    type: String,
    description: 'What kind of problem it is; the same for every occurrence.',
    example: 'The request is not valid',
  })
  title!: string;

  @ApiProperty({ type: 'integer', description: 'The HTTP status.', example: 400 })
  status!: number;

  @ApiProperty({
    type: String,
    description: 'One sentence that says what to do.',
    example: 'Correct the parts of the body that "errors" lists.',
  })
  detail!: string;

  @ApiProperty({
    type: String,
    format: 'uri-reference',
    description: 'The path of the request.',
    example: '/v1/executions:run',
  })
  instance!: string;

  @ApiProperty({
    type: String,
    description: 'Stable name of the problem, for programs to branch on.',
    example: 'VALIDATION_FAILED',
  })
  code!: string;

  @ApiPropertyOptional({
    type: () => [ProblemEntryDto],
    description: 'For bad input: each thing that is wrong, at most 20.',
  })
  errors?: ProblemEntryDto[];
}
