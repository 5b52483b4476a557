import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ApiId, ApiInteger } from '../../infra/http/index.js';
import { ExecutionArmDto } from '../executions/index.js';

export class OpenAiFaultDto {
  /** The member at fault, as in `param`; null for the whole body. */
  param!: string | null;

  /** The fault in one sentence. */
  message!: string;
}

export class OpenAiErrorBodyDto {
  /** The error, and how to fix it. */
  message!: string;

  /**
   * The kind of error: `invalid_request_error`, `requests`, `insufficient_quota` or `server_error`.
   * @example "invalid_request_error"
   */
  type!: string;

  /**
   * The member of the body that is wrong; null when there is none.
   * @example "messages[0].role"
   */
  param!: string | null;

  /** OpenAI's code where there is one, or else ours in lower case; null where OpenAI sends none. */
  code!: string | null;

  /**
   * The stable code of docs/errors.md.
   * @example "VALIDATION_FAILED"
   */
  ledger_code!: string;

  /** Every fault of an invalid request. */
  errors?: OpenAiFaultDto[];

  /** The execution that failed; left out when there is none. */
  @ApiId()
  @ApiPropertyOptional({ format: 'uuid' })
  execution_id?: string;

  /** The vendor's HTTP status of a failed call; null when there was none. */
  @ApiInteger()
  @ApiPropertyOptional({ type: 'integer', nullable: true })
  provider_status?: number | null;

  /** The arm of the rollout that the execution belongs to; left out when there is none. */
  rollout?: ExecutionArmDto;
}

/** Documents the body of every answer from 400 up below `/openai/v1`. */
export class OpenAiErrorDto {
  /** The error. */
  @ApiProperty({ type: OpenAiErrorBodyDto })
  error!: OpenAiErrorBodyDto;
}
